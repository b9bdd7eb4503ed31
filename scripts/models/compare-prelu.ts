/**
 * Times every network in every form of PReLU, side by side in one process: all forms take turns, the best run of each
 * counts. The input are pieces of a photograph, because the time of ONNX Runtime's PRelu depends on how mixed the signs
 * are. Prints a Markdown table.
 *
 *   npx ts-node scripts/models/compare-prelu.ts [--threads 1] [--runs 30]
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { decodeImage } from '../../lib/image/decode';
import { openNetwork } from '../../lib/inference/network';
import { readManifestFile, shippedManifestPath, type ModelInput } from '../../lib/models/manifest';
import { packageRoot } from '../../lib/core/package-root';
import { convertModel } from './convert';
import { PRELU_FORMS, type PreluForm } from './prelu';
import { loadSources } from './sources';
import { writeWhole } from './write-whole';

type Dims = readonly [batch: number, channels: number, height: number, width: number];

const PHOTO = path.join(packageRoot(), 'node_modules', '@vladmandic', 'face-api', 'demo', 'sample1.jpg');

/** Inputs as they come in use: P-Net on a level of the pyramid, the others on one face and on many. */
const INPUTS: Readonly<Record<string, readonly Dims[]>> = {
  'mtcnn-pnet': [[1, 3, 270, 480]],
  'mtcnn-rnet': [
    [1, 3, 24, 24],
    [64, 3, 24, 24],
  ],
  'mtcnn-onet': [
    [1, 3, 48, 48],
    [16, 3, 48, 48],
  ],
  'arcface-mobilefacenet-512': [
    [1, 3, 112, 112],
    [8, 3, 112, 112],
  ],
  'arcface-mobilefacenet-192': [
    [1, 3, 112, 112],
    [8, 3, 112, 112],
  ],
};

/** A photograph cut into as many pieces as the batch has, as planes of RGB, normalised as the model declares. */
async function pieces(
  [batch, channels, height, width]: Dims,
  { mean, scale }: ModelInput,
): Promise<Float32Array> {
  const columns = Math.ceil(Math.sqrt(batch));
  const rows = Math.ceil(batch / columns);
  const photo = await decodeImage(readFileSync(PHOTO), {}, { width: columns * width, height: rows * height });
  const plane = width * height;
  return Float32Array.from({ length: batch * channels * plane }, (_, at) => {
    const piece = Math.floor(at / (channels * plane));
    const channel = Math.floor(at / plane) % channels;
    const y = Math.floor(piece / columns) * height + Math.floor((at % plane) / width);
    const x = (piece % columns) * width + (at % width);
    return (photo.data[(y * photo.width + x) * channels + channel]! - mean) * scale;
  });
}

/** Milliseconds of the best run of each file, the files taking turns. */
async function bestTimes(
  files: readonly string[],
  data: Float32Array,
  dims: Dims,
  { threads, runs }: { readonly threads: number; readonly runs: number },
): Promise<number[]> {
  const networks = await Promise.all(files.map((file) => openNetwork(file, { provider: 'cpu', threads })));
  const best = networks.map(() => Infinity);
  for (let run = 0; run < runs; run++) {
    for (const [index, network] of networks.entries()) {
      const started = performance.now();
      await network.run(data, dims);
      best[index] = Math.min(best[index]!, performance.now() - started);
    }
  }
  await Promise.all(networks.map((network) => network.release()));
  return best;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { threads: { type: 'string', default: '1' }, runs: { type: 'string', default: '30' } },
  });
  const [threads, runs] = [Number(values.threads), Number(values.runs)];
  const folder = mkdtempSync(path.join(tmpdir(), 'arcflow-prelu-'));
  const print = (...cells: readonly string[]): void =>
    void process.stdout.write(`| ${cells.join(' | ')} |\n`);
  try {
    print('network', 'batch', ...PRELU_FORMS.map((form) => `${form}, ms`), 'plain / folded');
    print('---', ...PRELU_FORMS.map(() => '--:'), '--:', '--:');
    for (const model of readManifestFile(shippedManifestPath()).models) {
      const [source] = await loadSources([model.source!], { keep: true, say: () => undefined });
      const files = PRELU_FORMS.map((form) => {
        const file = path.join(folder, `${model.id}-${form}.onnx`);
        writeWhole(file, convertModel(source!, model, form));
        return file;
      });
      for (const dims of INPUTS[model.id] ?? []) {
        const times = await bestTimes(files, await pieces(dims, model.input), dims, { threads, runs });
        const timeOf = (form: PreluForm): number => times[PRELU_FORMS.indexOf(form)]!;
        const ratio = timeOf('plain') / timeOf('folded');
        print(model.id, String(dims[0]), ...times.map((ms) => ms.toFixed(2)), `${ratio.toFixed(2)} ×`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
