/**
 * InsightFace's verification sets (lfw.bin, cfp_fp.bin, agedb_30.bin …): a pickle of (encoded images, same or not).
 * Images 2i and 2i + 1 make pair i; all are aligned crops of 112 × 112 already. Folds are ten equal runs of pairs.
 */
import { ArcFlowError } from '../../../lib/core/errors';
import type { ImageSource } from '../pipeline/image-set';
import type { Pair, PairSet } from './pair-set';
import { readPickle, type Pickled } from './pickle';

/** As InsightFace's own evaluation splits them (scikit-learn's KFold without shuffling). */
const FOLDS = 10;

export function readInsightFaceBin(bytes: Uint8Array, file: string): PairSet {
  const content = readPickle(bytes, file);
  const [encoded, same] = Array.isArray(content) ? content : [];
  // An array of booleans is a run of bytes.
  const flags = same instanceof Uint8Array ? [...same] : same;
  if (
    !Array.isArray(encoded) ||
    !Array.isArray(flags) ||
    flags.length === 0 ||
    encoded.length !== 2 * flags.length
  ) {
    const expected = `a list of images and half as many "same" flags in ${file}`;
    throw new ArcFlowError('INVALID_ARGUMENT', `Expected ${expected}`, 'bad set');
  }
  const images = encoded.map((image, index) => toImage(image, index, file));
  const pairs = flags.map((same, index): Pair => ({
    a: 2 * index,
    b: 2 * index + 1,
    same: toBoolean(same, index, file),
  }));
  return { images, folds: toFolds(pairs, Math.min(FOLDS, pairs.length)) };
}

function toImage(image: Pickled, index: number, file: string): ImageSource {
  if (!(image instanceof Uint8Array)) {
    throw new ArcFlowError(
      'INVALID_ARGUMENT',
      `Expected the bytes of an encoded image for image ${index} of ${file}`,
    );
  }
  return { name: `image ${index}`, read: () => Promise.resolve(image), aligned: true };
}

function toBoolean(value: Pickled, index: number, file: string): boolean {
  if (typeof value !== 'boolean' && value !== 0 && value !== 1) {
    throw new ArcFlowError('INVALID_ARGUMENT', `Expected true or false for pair ${index} of ${file}`);
  }
  return Boolean(value);
}

/** Runs of equal length; the first ones are one longer where it does not come out even. */
export function toFolds<T>(items: readonly T[], count: number): T[][] {
  const short = Math.floor(items.length / count);
  const longer = items.length % count;
  let start = 0;
  return Array.from({ length: count }, (_, fold) => {
    const end = start + short + (fold < longer ? 1 : 0);
    const run = items.slice(start, end);
    start = end;
    return run;
  });
}
