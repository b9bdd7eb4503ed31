/**
 * UltraFace: Linzaer's Ultra-Light-Fast-Generic-Face-Detector-1MB, version-slim and version-RFB. Its file holds the decoding
 * of boxes; landmarks and a second opinion come from O-Net.
 */
import { ArcFlowError } from '../../core/errors';
import type { Tensor, Tensors } from '../../inference/network';
import { onePass, type Found } from '../one-pass/kind';
import type { Size } from '../one-pass/views';

const EDGES = 4;

export const kind = onePass({
  id: 'ultraface',
  // The smallest box that it was trained on (min_boxes of its vision/ssd/config/fd_config.py).
  smallestFace: 10,
  score: 0.3,
  overlap: 0.3,
  confirm: 0.7,
  decode,
  check: refuseUndecoded,
});

/** The faces with at least this score, in pixels of the input. */
export function decode(outputs: Tensors, { width, height }: Size, score: number): Found[] {
  const { scores, boxes } = read(outputs);
  const classes = scores.dims.at(-1)!;
  const found: Found[] = [];
  for (let box = 0; box * classes < scores.data.length; box++) {
    // Class 0 is background; one variant tells faces with masks from those without.
    const certainty = 1 - scores.data[box * classes]!;
    if (certainty < score) continue;
    const edge = (which: number): number => boxes.data[box * EDGES + which]!;
    const [x1, y1, x2, y2] = [edge(0) * width, edge(1) * height, edge(2) * width, edge(3) * height];
    found.push({ x1, y1, x2, y2, score: certainty });
  }
  return found;
}

/** A file that leaves the decoding to its caller gives offsets, of which many have their right edge left of the left one. */
function refuseUndecoded(outputs: Tensors): void {
  const { data } = read(outputs).boxes;
  for (let at = 0; at < data.length; at += EDGES) {
    if (data[at + 2]! > data[at]! && data[at + 3]! > data[at + 1]!) continue;
    throw new ArcFlowError(
      'MODEL_MISMATCH',
      'Expected an ultraface network whose boxes are corners as shares of the picture but its file gives other numbers',
      'wrong model',
    );
  }
}

/** Scores [1, n, classes] and boxes [1, n, 4], by their shapes. */
function read(outputs: Tensors): { scores: Tensor; boxes: Tensor } {
  const tensors = Object.values(outputs);
  const boxes = tensors.find(({ dims }) => dims.length === 3 && dims[2] === EDGES);
  const scores = tensors.find(
    ({ dims }) => dims.length === 3 && (dims[2] === 2 || dims[2] === 3) && dims[1] === boxes?.dims[1],
  );
  if (boxes && scores) return { scores, boxes };
  const found = Object.entries(outputs).map(([name, { dims }]) => `${name} [${dims.join(', ')}]`);
  throw new ArcFlowError(
    'MODEL_MISMATCH',
    `Expected scores [1, n, 2] and boxes [1, n, 4] of an ultraface network but it gives ${found.join(', ')}`,
    'wrong model',
  );
}
