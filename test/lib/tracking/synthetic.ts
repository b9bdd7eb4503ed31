/** Hand-made faces for tests: boxes where the test wants them, embeddings with a known cosine; seeded. */
import type { Box, Face, Match } from '../../../lib/core/face';
import { dot, toUnitLength } from '../../../lib/core/vector';
import { createFrame, type Frame } from '../../../lib/image/frame';
import { createRandom, gaussian, type Random } from '../../../scripts/shared/random';

export const MODEL = 'synthetic';
export const FRAME_SIZE = { width: 640, height: 360 };

export { createRandom as seeded, type Random };

export function randomUnit(random: Random, dimension = 512): Float32Array {
  return toUnitLength(Float32Array.from({ length: dimension }, () => gaussian(random)))!;
}

/** A random unit vector whose cosine with the base is given. */
export function lookalike(base: Float32Array, cosine: number, random: Random): Float32Array {
  const other = randomUnit(random, base.length);
  const along = dot(other, base);
  const across = toUnitLength(other.map((value, i) => value - along * base[i]!))!;
  const sine = Math.sqrt(1 - cosine ** 2);
  return base.map((value, i) => cosine * value + sine * across[i]!);
}

export const square = (x: number, y: number, side = 60): Box => ({ x, y, width: side, height: side });

/** A sharp frontal face in a box. */
export function face(box: Box, rest: Partial<Face> = {}): Face {
  const at = (x: number, y: number) => ({ x: box.x + x * box.width, y: box.y + y * box.height });
  return {
    box,
    confidence: 0.99,
    landmarks: {
      leftEye: at(0.3, 0.4),
      rightEye: at(0.7, 0.4),
      nose: at(0.5, 0.6),
      mouthLeft: at(0.35, 0.8),
      mouthRight: at(0.65, 0.8),
    },
    quality: { size: Math.min(box.width, box.height), sharpness: 0.8, yaw: 0, pitch: 0, roll: 0 },
    ...(rest.embedding && { embeddingModel: MODEL }),
    ...rest,
  };
}

export const THRESHOLD = 0.35;

/** What a gallery would say: a name from the threshold on. */
export function match(candidate: string, similarity: number): Match {
  const known = similarity >= THRESHOLD;
  return {
    person: known ? candidate : null,
    similarity,
    threshold: THRESHOLD,
    known,
    candidates: [{ person: candidate, similarity }],
  };
}

/** A gallery of one sample each, matched as the real one does. */
export function matchAgainst(
  gallery: Readonly<Record<string, Float32Array>>,
  embedding: Float32Array,
): Match {
  const [best] = Object.entries(gallery)
    .map(([person, sample]) => ({ person, similarity: dot(sample, embedding) }))
    .sort((a, b) => b.similarity - a.similarity);
  return best === undefined
    ? { person: null, similarity: 0, threshold: THRESHOLD, known: false, candidates: [] }
    : match(best.person, best.similarity);
}

export function frameAt(timestamp: number, source = 'door'): Frame {
  return createFrame(FRAME_SIZE.width, FRAME_SIZE.height, { timestamp, source, sequence: timestamp });
}
