import assert from 'node:assert/strict';
import type { Point } from '../../../lib/core/box';
import { decodeImage } from '../../../lib/image/decode';
import { CHANNELS, type Frame } from '../../../lib/image/frame';
import { warpSquare } from '../../../lib/pixels/warp-square';
import { openNetwork } from '../../../lib/inference/backends/onnxruntime';
import type { Network } from '../../../lib/inference/network';
import { runSingle } from '../../../lib/inference/single';
import { requireModel } from '../../../lib/models/manifest';
import { samplePhoto } from '../../support/images';

/** The leftmost face of the photograph, marked by eye: pixels. */
const FACE = { centre: { x: 508, y: 476 }, side: 240 };
const LANDMARKS: readonly Point[] = [
  { x: 447, y: 455 }, // left eye
  { x: 517, y: 457 }, // right eye
  { x: 456, y: 512 }, // nose
  { x: 445, y: 540 }, // mouth, left corner
  { x: 524, y: 541 }, // mouth, right corner
];

/** Squares around faces of the photographs, pixels. */
const FACES = [
  { index: 1, centre: { x: 507, y: 475 }, side: 242 },
  { index: 1, centre: { x: 931, y: 547 }, side: 239 },
  { index: 2, centre: { x: 1543, y: 284 }, side: 235 },
  { index: 3, centre: { x: 1169, y: 353 }, side: 303 },
  { index: 3, centre: { x: 689, y: 455 }, side: 274 },
] as const;
/** Parts of the square's side. */
const SHIFT = 0.12;

type Edges = [left: number, top: number, right: number, bottom: number];

/** A square of the photograph as raw RGB planes of size × size. */
function squareOf(photo: Frame, centre: Point, side: number, size: number): Float32Array {
  const scale = size / side;
  const half = (size - 1) / 2;
  const transform = { a: scale, b: 0, tx: half - scale * centre.x, ty: half - scale * centre.y };
  const { data } = warpSquare(photo, transform, size);
  const plane = size * size;
  return Float32Array.from(
    { length: CHANNELS * plane },
    (_, at) => data[(at % plane) * CHANNELS + Math.floor(at / plane)]!,
  );
}

describe('the MTCNN networks on a photograph', () => {
  let photo: Frame;
  before(async () => {
    photo = await decodeImage(samplePhoto(1));
  });

  async function predict(id: string, size: number, centre: Point): Promise<Float32Array> {
    const network: Network = await openNetwork(requireModel(id).path, { provider: 'cpu', threads: 1 });
    const { data } = await runSingle(network, squareOf(photo, centre, FACE.side, size), [
      1,
      CHANNELS,
      size,
      size,
    ]);
    await network.release();
    return data;
  }

  it('tell a face from a wall by the sign of the logit', async () => {
    const wall = { x: 180, y: 180 };
    for (const [id, size] of [
      ['mtcnn-pnet', 12],
      ['mtcnn-rnet', 24],
      ['mtcnn-onet', 48],
    ] as const) {
      const [face, other] = [await predict(id, size, FACE.centre), await predict(id, size, wall)];
      assert.ok(face[0]! > 1, `${id}: face ${face[0]}`);
      assert.ok(other[0]! < -1, `${id}: wall ${other[0]}`);
    }
  });

  it('place the landmarks as they lie in the image', async () => {
    const prediction = await predict('mtcnn-onet', 48, FACE.centre);
    const corner = { x: FACE.centre.x - FACE.side / 2, y: FACE.centre.y - FACE.side / 2 };
    LANDMARKS.forEach(({ x, y }, index) => {
      const found = {
        x: corner.x + prediction[5 + index]! * FACE.side,
        y: corner.y + prediction[10 + index]! * FACE.side,
      };
      const error = Math.hypot(found.x - x, found.y - y) / FACE.side;
      assert.ok(error < 0.06, `landmark ${index} is ${error.toFixed(3)} of the side away`);
    });
  });

  for (const [id, size] of [
    ['mtcnn-pnet', 12],
    ['mtcnn-rnet', 24],
    ['mtcnn-onet', 48],
  ] as const) {
    it(`${id} moves the edges left, top, right, bottom against an error of the crop`, async () => {
      const photos = await Promise.all(([1, 2, 3] as const).map((index) => decodeImage(samplePhoto(index))));
      const network = await openNetwork(requireModel(id).path, { provider: 'cpu', threads: 1 });
      /** The mean correction of each edge, the crops being shifted by parts of their side and enlarged. */
      const corrections = async (x: number, y: number, zoom = 1): Promise<Edges> => {
        const mean: Edges = [0, 0, 0, 0];
        for (const { index, centre, side } of FACES) {
          const shifted = { x: centre.x + x * side, y: centre.y + y * side };
          const crop = squareOf(photos[index - 1]!, shifted, side * zoom, size);
          const { data } = await runSingle(network, crop, [1, CHANNELS, size, size]);
          for (const edge of [0, 1, 2, 3] as const) mean[edge] += data[1 + edge]! / FACES.length;
        }
        return mean;
      };
      const straight = await corrections(0, 0);
      const change = (other: Edges): Edges => other.map((value, edge) => value - straight[edge]!) as Edges;
      const meanOf = (a: number, b: number): number => (a + b) / 2;

      const right = change(await corrections(SHIFT, 0));
      assert.ok(meanOf(right[0], right[2]) < -SHIFT / 3, `right ${right.join()}`);
      assert.ok(Math.abs(meanOf(right[1], right[3])) < SHIFT / 4, `right ${right.join()}`);
      const down = change(await corrections(0, SHIFT));
      assert.ok(meanOf(down[1], down[3]) < -SHIFT / 3, `down ${down.join()}`);
      assert.ok(Math.abs(meanOf(down[0], down[2])) < SHIFT / 4, `down ${down.join()}`);
      const large = change(await corrections(0, 0, 1 + 2 * SHIFT));
      assert.ok(large[0] > 0 && large[1] > 0 && large[2] < 0 && large[3] < 0, `large ${large.join()}`);
      await network.release();
    });
  }
});
