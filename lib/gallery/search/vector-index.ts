/**
 * Exact nearest people among the samples of one model, held in memory. Every row is kept twice: as 8-bit codes in the
 * kernel's memory, which a search reads from end to end, and as the float32 values themselves, which it reads for the
 * few rows that the codes cannot rule out (quantise.ts has the bound). The answer is that of a scan in full precision.
 *
 * For 512 dimensions a row takes 2,048 + 512 + 16 bytes: 258 MB for 100,000 samples.
 */
import { MAX_PAGES, PAGE } from '../../core/kernel-module';
import { dot } from '../../core/vector';
import { CODES_PER_TURN, ROWS_PER_STEP, dotKernel } from './dot-kernel';
import type { DotKernel } from './dot-kernel';
import { quantiseProbe, quantiseRow } from './quantise';
import type { QuantisedProbe } from './quantise';
import { TopPeople } from './top-people';
import type { PersonSimilarity } from './top-people';

/** Rows scored by one call of the kernel: small enough that their codes stay in the cache for the next probe. */
const TILE_ROWS = 256;
/** Rows that are allocated together; a multiple of TILE_ROWS. */
const BLOCK_ROWS = 4096;
/** Probes that share one scan. More are scanned for in turns. */
const PROBES_PER_SCAN = 16;

/** Samples to add: sample i is row i of `embeddings`, which holds one unit vector after the other. */
export interface Rows {
  readonly sampleIds: Uint32Array;
  readonly personIds: Uint32Array;
  readonly embeddings: Float32Array;
}

interface Block extends Rows {
  /** See QuantisedRow. */
  readonly scales: Float32Array;
  readonly errors: Float32Array;
}

interface Query extends QuantisedProbe {
  readonly probe: Float32Array;
  readonly best: TopPeople;
  /** Where the kernel finds the probe's codes. */
  readonly address: number;
}

export class VectorIndex {
  #rows = 0;
  readonly #blocks: Block[] = [];
  /** The dot products of a tile, then the probes' codes, then all rows' codes. */
  readonly #memory: WebAssembly.Memory;
  readonly #kernel: DotKernel;
  /** Codes of a row, with zeros behind them where the dimension is no multiple of the kernel's step. */
  readonly #stride: number;
  readonly #probesAt = 4 * TILE_ROWS;
  readonly #rowsAt: number;

  constructor(readonly dimension: number) {
    this.#stride = Math.ceil(dimension / CODES_PER_TURN) * CODES_PER_TURN;
    this.#rowsAt = this.#probesAt + PROBES_PER_SCAN * 2 * this.#stride;
    this.#memory = new WebAssembly.Memory({
      initial: Math.ceil(this.#rowsAt / PAGE),
      maximum: MAX_PAGES,
    });
    this.#kernel = dotKernel(this.#memory);
  }

  /** How many samples there are. */
  get size(): number {
    return this.#rows;
  }

  add({ sampleIds, personIds, embeddings }: Rows): void {
    for (let i = 0; i < sampleIds.length; i++) {
      this.#append(
        sampleIds[i]!,
        personIds[i]!,
        embeddings.subarray(i * this.dimension, (i + 1) * this.dimension),
      );
    }
  }

  removeSample(sampleId: number): void {
    this.#removeWhere((block, at) => block.sampleIds[at] === sampleId);
  }

  removePerson(personId: number): void {
    this.#removeWhere((block, at) => block.personIds[at] === personId);
  }

  /** Gives all samples of one person to another. */
  reassign(from: number, to: number): void {
    for (const { personIds } of this.#blocks) {
      for (let at = personIds.indexOf(from); at >= 0; at = personIds.indexOf(from, at + 1))
        personIds[at] = to;
    }
  }

  /** For each probe the k people whose best sample is most similar, best first. */
  search(probes: readonly Float32Array[], k: number): (readonly PersonSimilarity[])[] {
    const found: (readonly PersonSimilarity[])[] = [];
    for (let first = 0; first < probes.length; first += PROBES_PER_SCAN) {
      const queries = probes
        .slice(first, first + PROBES_PER_SCAN)
        .map((probe, i) => this.#prepare(probe, k, this.#probesAt + i * 2 * this.#stride));
      this.#scan(queries);
      found.push(...queries.map(({ best }) => best.people));
    }
    return found;
  }

  #prepare(probe: Float32Array, k: number, address: number): Query {
    const codes = new Int16Array(this.#memory.buffer, address, this.#stride);
    return { ...quantiseProbe(probe, codes), probe, best: new TopPeople(k), address };
  }

  #scan(queries: readonly Query[]): void {
    const dots = new Int32Array(this.#memory.buffer, 0, TILE_ROWS);
    for (let first = 0; first < this.#rows; first += TILE_ROWS) {
      const count = Math.min(TILE_ROWS, this.#rows - first);
      const steps = Math.ceil(count / ROWS_PER_STEP);
      const block = this.#blockOf(first);
      for (const query of queries) {
        this.#kernel(this.#codesAt(first), this.#stride, steps, query.address, 0);
        this.#offer(query, block, first % BLOCK_ROWS, dots, count);
      }
    }
  }

  /** Scores exactly those rows of a tile that could still be among the query's best. */
  #offer(query: Query, block: Block, start: number, dots: Int32Array, count: number): void {
    const { scale, errorWeight, margin, best, probe } = query;
    const { scales, errors, personIds, embeddings } = block;
    let floor = best.floor;
    for (let i = 0; i < count; i++) {
      const at = start + i;
      const most = scale * scales[at]! * dots[i]! + errorWeight * errors[at]! + margin;
      if (most > floor && most > best.floorOf(personIds[at]!)) {
        best.offer(personIds[at]!, dot(probe, embeddings, at * this.dimension));
        floor = best.floor;
      }
    }
  }

  #append(sampleId: number, personId: number, embedding: Float32Array): void {
    const row = this.#rows;
    if (row === this.#blocks.length * BLOCK_ROWS) this.#grow();
    const block = this.#blockOf(row);
    const at = row % BLOCK_ROWS;
    const { scale, error } = quantiseRow(embedding, this.#codesOf(row));
    block.scales[at] = scale;
    block.errors[at] = error;
    block.sampleIds[at] = sampleId;
    block.personIds[at] = personId;
    block.embeddings.set(embedding, at * this.dimension);
    this.#rows++;
  }

  #grow(): void {
    const end = this.#codesAt((this.#blocks.length + 1) * BLOCK_ROWS);
    const missing = end - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    this.#blocks.push({
      sampleIds: new Uint32Array(BLOCK_ROWS),
      personIds: new Uint32Array(BLOCK_ROWS),
      scales: new Float32Array(BLOCK_ROWS),
      errors: new Float32Array(BLOCK_ROWS),
      embeddings: new Float32Array(BLOCK_ROWS * this.dimension),
    });
  }

  #removeWhere(matches: (block: Block, at: number) => boolean): void {
    for (let row = this.#rows - 1; row >= 0; row--) {
      if (matches(this.#blockOf(row), row % BLOCK_ROWS)) this.#remove(row);
    }
  }

  /** Moves the last row into the place of the removed one, and leaves nothing of either behind. */
  #remove(row: number): void {
    const last = --this.#rows;
    const from = this.#blockOf(last);
    const to = this.#blockOf(row);
    const source = last % BLOCK_ROWS;
    const target = row % BLOCK_ROWS;
    to.sampleIds[target] = from.sampleIds[source]!;
    to.personIds[target] = from.personIds[source]!;
    to.scales[target] = from.scales[source]!;
    to.errors[target] = from.errors[source]!;
    const embedding = from.embeddings.subarray(source * this.dimension, (source + 1) * this.dimension);
    to.embeddings.set(embedding, target * this.dimension);
    embedding.fill(0);
    this.#codesOf(row).set(this.#codesOf(last));
    this.#codesOf(last).fill(0);
    const spare = this.#blocks.length - 1;
    if (this.#rows <= (spare - 1) * BLOCK_ROWS) this.#blocks.length = spare;
  }

  #blockOf(row: number): Block {
    return this.#blocks[Math.floor(row / BLOCK_ROWS)]!;
  }

  #codesAt(row: number): number {
    return this.#rowsAt + row * this.#stride;
  }

  #codesOf(row: number): Int8Array {
    return new Int8Array(this.#memory.buffer, this.#codesAt(row), this.#stride);
  }
}
