/** Networks that say something of a face by named numbers, such as whether it is alive. Any number of them may look. */
import type { Box, Landmarks } from '../core/face';
import type { Frame } from '../image/frame';
import type { Network } from '../inference/network';
import type { FaceModel, FaceOutput } from '../models/manifest';
import { runOnCrops } from './crop-network';
import { cropFace } from './face-crop';

/** What one network says of one face: its labels' values. */
export type Reading = Readonly<Record<string, number>>;

/** One reading for each face, in the same order. */
export async function readFaces(
  frame: Frame,
  faces: readonly { readonly box: Box; readonly landmarks: Landmarks }[],
  model: FaceModel,
  network: Network,
): Promise<Reading[]> {
  const crops = faces.map((face) => cropFace(frame, face, model.crop, model.input));
  const rows = await runOnCrops(crops, model.input, network);
  return rows.map((row) => toReading(row, model.output));
}

function toReading(row: Float32Array, { labels, activation }: FaceOutput): Reading {
  const values = ACTIVATIONS[activation](Array.from(row));
  return Object.fromEntries(labels.map((label, index) => [label, values[index]!]));
}

const ACTIVATIONS: Record<FaceOutput['activation'], (row: number[]) => number[]> = {
  none: (row) => row,
  sigmoid: (row) => row.map((value) => 1 / (1 + Math.exp(-value))),
  softmax: (row) => {
    // Less the largest, so that no exponential overflows.
    const largest = Math.max(...row);
    const powers = row.map((value) => Math.exp(value - largest));
    const sum = powers.reduce((total, power) => total + power, 0);
    return powers.map((power) => power / sum);
  },
};
