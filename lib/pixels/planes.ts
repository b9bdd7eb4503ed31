/** Frames as networks take them: three planes of floats instead of interleaved bytes. */
import { CHANNELS, type Frame } from '../image/frame';
import { withScratch } from './kernel-memory';

export interface PlanesOptions {
  /** The order of the planes. */
  readonly colour: 'RGB' | 'BGR';
  /** A value becomes (byte − mean) × scale; one mean for all planes, or one for each in their order. */
  readonly mean: number | readonly number[];
  readonly scale: number;
  /** Left and right change places. */
  readonly mirror: boolean;
}

/** Writes the frame to `target` as [3, height, width]. */
export function writePlanes(frame: Frame, options: PlanesOptions, target: Float32Array): void {
  const { data, width, height } = frame;
  const { colour, mean, scale, mirror } = options;
  withScratch((memory) => {
    const sourceAt = memory.allocate(data.length);
    const planesAt = memory.allocate(data.length * Float32Array.BYTES_PER_ELEMENT);
    const plane = (data.length / CHANNELS) * Float32Array.BYTES_PER_ELEMENT;
    const order = [planesAt, planesAt + plane, planesAt + 2 * plane] as const;
    const [redAt, greenAt, blueAt] = colour === 'RGB' ? order : ([order[2], order[1], order[0]] as const);
    memory.bytes(sourceAt, data.length).set(data);
    memory.kernels.toPlanes(
      ...([sourceAt, width, height, mirror ? 1 : 0, typeof mean === 'number' ? mean : 0, scale] as const),
      ...([redAt, greenAt, blueAt] as const),
    );
    target.set(memory.floats(planesAt, data.length));
  });
  if (typeof mean === 'number') return;
  const length = data.length / CHANNELS;
  mean.forEach((level, index) => {
    for (let at = index * length; at < (index + 1) * length; at++) target[at]! -= level * scale;
  });
}
