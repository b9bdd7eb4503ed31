/** Every image with every other: the many impostor pairs that a threshold for rare false accepts needs. */
import { dot } from '../../../lib/core/vector';
import { createRandom } from '../../shared/random';

export interface Embedded {
  readonly person: string;
  /** Unit length, all of one dimension. */
  readonly embedding: Float32Array;
}

export interface PairScore {
  readonly a: number;
  readonly b: number;
  readonly similarity: number;
}

export interface AllPairs {
  /** Similarities of all pairs of the same person. */
  readonly genuine: Float64Array;
  /** Similarities of pairs of different people: all, or a random sample of them. */
  readonly impostor: Float64Array;
  /** How many impostor pairs there are. */
  readonly impostorTotal: number;
  /** The least similar genuine and the most similar impostor pairs, worst first. */
  readonly leastSimilar: readonly PairScore[];
  readonly mostSimilar: readonly PairScore[];
}

const SEED = 20_070;

/**
 * @param most impostor pairs that are looked at; beyond, each is taken with the probability that gives about so many
 * @param worst how many of the worst pairs are kept
 */
export function scoreAllPairs(samples: readonly Embedded[], most: number, worst: number): AllPairs {
  const { genuineTotal, impostorTotal } = countPairs(samples);
  const share = Math.min(1, most / impostorTotal);
  const random = createRandom(SEED);

  const genuine = new Float64Array(genuineTotal);
  const impostor = new Float64Array(impostorTotal <= most ? impostorTotal : most);
  const leastSimilar = new Worst(worst, (a, b) => a.similarity - b.similarity);
  const mostSimilar = new Worst(worst, (a, b) => b.similarity - a.similarity);
  let genuineCount = 0;
  let impostorCount = 0;
  for (let a = 0; a < samples.length; a++) {
    const { person, embedding } = samples[a]!;
    for (let b = a + 1; b < samples.length; b++) {
      const other = samples[b]!;
      const same = other.person === person;
      if (!same && (impostorCount === impostor.length || (share < 1 && random() >= share))) continue;
      const similarity = dot(embedding, other.embedding);
      if (same) genuine[genuineCount++] = similarity;
      else impostor[impostorCount++] = similarity;
      (same ? leastSimilar : mostSimilar).offer({ a, b, similarity });
    }
  }
  return {
    genuine,
    impostor: impostor.subarray(0, impostorCount),
    impostorTotal,
    leastSimilar: leastSimilar.sorted,
    mostSimilar: mostSimilar.sorted,
  };
}

function countPairs(samples: readonly Embedded[]): { genuineTotal: number; impostorTotal: number } {
  const counts = new Map<string, number>();
  for (const { person } of samples) counts.set(person, (counts.get(person) ?? 0) + 1);
  const genuineTotal = [...counts.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
  return { genuineTotal, impostorTotal: (samples.length * (samples.length - 1)) / 2 - genuineTotal };
}

/** The first `size` in the order of `compare`, out of many that are offered. */
class Worst {
  private kept: PairScore[] = [];

  constructor(
    private readonly size: number,
    private readonly compare: (a: PairScore, b: PairScore) => number,
  ) {}

  get sorted(): readonly PairScore[] {
    return this.kept;
  }

  offer(pair: PairScore): void {
    if (this.kept.length === this.size && (this.size === 0 || this.compare(pair, this.kept.at(-1)!) >= 0))
      return;
    this.kept = [...this.kept, pair].sort(this.compare).slice(0, this.size);
  }
}
