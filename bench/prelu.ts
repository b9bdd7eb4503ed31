/** The shipped networks against the same weights with ONNX Runtime's own PRelu, on what they see of a photograph. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { decodeImage } from '../lib/image/decode';
import { openNetwork } from '../lib/inference/network';
import { requireModel } from '../lib/models/manifest';
import { packageRoot } from '../lib/models/package-root';
import { Detector } from '../lib/mtcnn/detector';
import { toDetectOptions } from '../lib/mtcnn/options';
import { record } from './networks';
import { median, rounded } from './statistics';

export interface PreluTiming {
  readonly network: string;
  /** Milliseconds for all that the network is asked about one photograph. */
  readonly plainMs: number;
  readonly shippedMs: number;
  readonly gain: number;
}

const PLAIN = join(packageRoot(), '.cache', 'plain-prelu');
const IDS = ['mtcnn-pnet', 'mtcnn-rnet', 'mtcnn-onet'] as const;

/** Times both forms in turns, each on the tensors that detection gave the shipped form; the last row is their sum. */
export async function benchPrelu(
  photo: Buffer,
  { runs, threads }: { readonly runs: number; readonly threads: number },
): Promise<PreluTiming[]> {
  buildPlain();
  const options = { provider: 'cpu', threads };
  const shipped = await Promise.all(
    IDS.map(async (id) => record(await openNetwork(requireModel(id).path, options))),
  );
  const plain = await Promise.all(IDS.map((id) => openNetwork(join(PLAIN, `${id}.onnx`), options)));
  const [pnet, rnet, onet] = shipped;
  shipped.forEach((network) => network.forget());
  await new Detector({ pnet: pnet!, rnet: rnet!, onet: onet! }).detect(
    await decodeImage(photo),
    toDetectOptions({ minFaceSize: 20 }),
  );
  const rows: PreluTiming[] = [];
  for (const [index, network] of IDS.entries()) {
    const ours = shipped[index]!;
    const theirs = plain[index]!;
    const times: { plain: number; shipped: number }[] = [];
    for (let run = 0; run <= runs; run++) {
      const before = theirs.busyMs;
      for (const { data, dims } of ours.questions) await theirs.run(data, dims);
      const pair = { plain: theirs.busyMs - before, shipped: await ours.replay() };
      // The first run allocates.
      if (run > 0) times.push(pair);
    }
    const plainMs = median(times.map((time) => time.plain));
    const shippedMs = median(times.map((time) => time.shipped));
    rows.push({
      network,
      plainMs: rounded(plainMs),
      shippedMs: rounded(shippedMs),
      gain: rounded(plainMs / shippedMs),
    });
  }
  for (const network of [...shipped, ...plain]) await network.release();
  const plainMs = rounded(rows.reduce((sum, row) => sum + row.plainMs, 0));
  const shippedMs = rounded(rows.reduce((sum, row) => sum + row.shippedMs, 0));
  return [...rows, { network: 'whole detection', plainMs, shippedMs, gain: rounded(plainMs / shippedMs) }];
}

function buildPlain(): void {
  if (IDS.every((id) => existsSync(join(PLAIN, `${id}.onnx`)))) return;
  const build = [
    '--require',
    'ts-node/register',
    'scripts/build-models.ts',
    '--prelu',
    'plain',
    '--out',
    PLAIN,
  ];
  execFileSync(process.execPath, build, { cwd: packageRoot(), stdio: ['ignore', 'ignore', 'inherit'] });
}
