/** Made-up embeddings, and directories that vanish after a test. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toUnitLength } from '../../../lib/core/vector';
import type { NewSample } from '../../../lib/gallery/sample';
import { createRandom } from '../../../scripts/shared/random';

/** Numbers in [-1, 1) that are the same in every run. */
export function numbers(seed: number): () => number {
  const random = createRandom(seed);
  return () => 2 * random() - 1;
}

export function unit(values: Float32Array): Float32Array {
  return toUnitLength(values)!;
}

/** A unit vector in a random direction. */
export function direction(random: () => number, dimension: number): Float32Array {
  return unit(Float32Array.from({ length: dimension }, random));
}

/** Another picture of the same face: about 1 - noise² / 2 similar. */
export function nearby(random: () => number, vector: Float32Array, noise: number): Float32Array {
  const other = direction(random, vector.length);
  return unit(vector.map((value, i) => value + noise * other[i]!));
}

export function sampleOf(embedding: Float32Array, extra: Partial<NewSample> = {}): NewSample {
  return { embedding, model: 'test-512', source: 'camera', time: 1_700_000_000_000, ...extra };
}

const made: string[] = [];

/** A new, empty directory. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'arcflow-gallery-'));
  made.push(directory);
  return directory;
}

export async function removeTemporaryDirectories(): Promise<void> {
  for (const directory of made.splice(0)) await rm(directory, { recursive: true });
}

/** A stored sample as it was before it got its number. */
export function withoutId<T extends { readonly id: number }>(sample: T): Omit<T, 'id'> {
  const { id, ...rest } = sample;
  assert.ok(id > 0);
  return rest;
}
