/** The k people most like a probe, each by the best of their samples, while samples come in any order. */

export interface PersonSimilarity {
  readonly personId: number;
  /** Cosine similarity of the person's best sample. */
  readonly similarity: number;
}

export class TopPeople {
  readonly #best: PersonSimilarity[] = [];

  constructor(readonly k: number) {}

  /** What any sample must exceed to change the list. */
  get floor(): number {
    return this.#best.length < this.k ? -Infinity : this.#best[this.k - 1]!.similarity;
  }

  /** What a sample of this person must exceed to change the list; at least the floor. */
  floorOf(personId: number): number {
    return this.#best.find((entry) => entry.personId === personId)?.similarity ?? this.floor;
  }

  offer(personId: number, similarity: number): void {
    if (!(similarity > this.floorOf(personId))) return;
    const own = this.#best.findIndex((entry) => entry.personId === personId);
    if (own >= 0) this.#best.splice(own, 1);
    const below = this.#best.findIndex((entry) => entry.similarity < similarity);
    this.#best.splice(below < 0 ? this.#best.length : below, 0, { personId, similarity });
    this.#best.length = Math.min(this.#best.length, this.k);
  }

  /** Best first. */
  get people(): readonly PersonSimilarity[] {
    return this.#best;
  }
}
