import assert from 'node:assert/strict';
import { VectorIndex } from '../../../../lib/gallery/search/vector-index';
import type { PersonSimilarity } from '../../../../lib/gallery/search/top-people';
import { direction, nearby, numbers } from '../support';

interface Row {
  readonly sampleId: number;
  personId: number;
  readonly embedding: Float32Array;
}

function addAll(index: VectorIndex, rows: readonly Row[]): void {
  const embeddings = new Float32Array(rows.length * index.dimension);
  rows.forEach(({ embedding }, i) => embeddings.set(embedding, i * index.dimension));
  index.add({
    sampleIds: Uint32Array.from(rows, ({ sampleId }) => sampleId),
    personIds: Uint32Array.from(rows, ({ personId }) => personId),
    embeddings,
  });
}

/** The same by the definition: every dot product, in double precision. */
function nearest(rows: readonly Row[], probe: Float32Array, k: number): PersonSimilarity[] {
  const best = new Map<number, number>();
  for (const { personId, embedding } of rows) {
    const similarity = probe.reduce((sum, value, i) => sum + value * embedding[i]!, 0);
    best.set(personId, Math.max(similarity, best.get(personId) ?? -Infinity));
  }
  return [...best]
    .map(([personId, similarity]) => ({ personId, similarity }))
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, k);
}

function assertExact(
  index: VectorIndex,
  rows: readonly Row[],
  probes: readonly Float32Array[],
  k: number,
): void {
  const found = index.search(probes, k);
  assert.equal(found.length, probes.length);
  probes.forEach((probe, i) => {
    const expected = nearest(rows, probe, k);
    assert.deepEqual(
      found[i]!.map(({ personId }) => personId),
      expected.map(({ personId }) => personId),
    );
    expected.forEach(({ similarity }, rank) =>
      assert.ok(Math.abs(found[i]![rank]!.similarity - similarity) < 1e-12),
    );
  });
}

/** People with several similar samples each, and people so alike that codes of 8 bits cannot tell them apart. */
function gallery(seed: number, people: number, samples: number, dimension: number): Row[] {
  const random = numbers(seed);
  const crowd = direction(random, dimension);
  return Array.from({ length: people }, (_, personId) => {
    const centre = personId % 3 === 0 ? nearby(random, crowd, 0.01) : direction(random, dimension);
    return Array.from({ length: samples }, () => nearby(random, centre, 0.3));
  }).flatMap((embeddings, personId) =>
    embeddings.map((embedding, i) => ({
      sampleId: personId * samples + i + 1,
      personId: personId + 1,
      embedding,
    })),
  );
}

describe('VectorIndex', () => {
  for (const dimension of [1, 7, 16, 128, 192, 512]) {
    it(`finds what a full scan finds, in ${dimension} dimensions`, () => {
      const rows = gallery(dimension, 150, 4, dimension);
      const index = new VectorIndex(dimension);
      addAll(index, rows);
      const random = numbers(dimension + 1);
      const probes = [
        ...Array.from({ length: 17 }, () => direction(random, dimension)),
        nearby(random, rows[0]!.embedding, 0.2),
        rows[77]!.embedding,
      ];
      // In one dimension all similarities are ±1: only the best one's value is determined.
      if (dimension === 1) {
        assert.ok(index.search(probes, 1).every(([best]) => best!.similarity > 0.999));
        return;
      }
      assertExact(index, rows, probes, 5);
      assertExact(index, rows, probes.slice(0, 2), 1);
      assertExact(index, rows, probes.slice(0, 2), 1000);
    });
  }

  it('knows nobody when it is empty', () => {
    assert.deepEqual(new VectorIndex(8).search([direction(numbers(1), 8)], 3), [[]]);
  });

  it('stays exact over many blocks, with samples and people added, removed and reassigned', () => {
    const dimension = 32;
    let rows = gallery(5, 3000, 4, dimension);
    const index = new VectorIndex(dimension);
    addAll(index, rows.slice(0, 9000));
    addAll(index, rows.slice(9000));
    assert.equal(index.size, 12_000);
    const random = numbers(99);
    const probes = Array.from({ length: 4 }, () => direction(random, dimension));
    assertExact(index, rows, probes, 8);

    for (const sampleId of [1, 12_000, 6000, 4096, 4097]) index.removeSample(sampleId);
    rows = rows.filter(({ sampleId }) => ![1, 12_000, 6000, 4096, 4097].includes(sampleId));
    for (let personId = 1; personId < 3000; personId += 2) index.removePerson(personId);
    rows = rows.filter(({ personId }) => personId % 2 === 0 || personId > 3000);
    assert.equal(index.size, rows.length);
    assertExact(index, rows, probes, 8);

    index.reassign(2, 4);
    for (const row of rows) if (row.personId === 2) row.personId = 4;
    assertExact(index, rows, [...probes, rows[0]!.embedding], 8);

    const more = gallery(6, 1500, 4, dimension).map((row) => ({
      ...row,
      sampleId: row.sampleId + 50_000,
      personId: row.personId + 50_000,
    }));
    addAll(index, more);
    assertExact(index, [...rows, ...more], probes, 8);

    for (const { sampleId } of [...rows, ...more]) index.removeSample(sampleId);
    assert.equal(index.size, 0);
    assert.deepEqual(index.search(probes, 8), [[], [], [], []]);
  }).timeout(20_000);

  it('takes the first of two people with the very same sample', () => {
    const embedding = direction(numbers(3), 64);
    const index = new VectorIndex(64);
    addAll(index, [
      { sampleId: 1, personId: 9, embedding },
      { sampleId: 2, personId: 4, embedding },
    ]);
    assert.deepEqual(
      index.search([embedding], 2)[0]!.map(({ personId }) => personId),
      [9, 4],
    );
  });
});
