/** Whether what a damaged gallery answers is true. */
import type { Contents } from '../programs/store-messages';
import { isThumbnailOf, nameOf, sameValues, sampleIdOf, sampleOf } from './samples';

export type People = ReadonlyMap<number, readonly number[]>;

export type Judgement =
  /** Everybody is there, as they were enrolled. */
  | 'right'
  /** Nobody is there. */
  | 'empty'
  /** What is there is right, and some of it is missing. */
  | 'incomplete'
  /** A name, an embedding, a thumbnail or a match is not what was enrolled. */
  | 'wrong';

/**
 * @param people who was enrolled, with the numbers of their samples
 * @param probes the samples that were asked for, in the order of the answers
 */
export function judge(contents: Contents, people: People, probes: readonly number[]): Judgement {
  if (contents.people.length === 0) return 'empty';
  const owners = new Map(
    [...people].flatMap(([person, samples]) => samples.map((id) => [id, nameOf(person)])),
  );
  const names = new Set([...people.keys()].map(nameOf));
  let complete = contents.people.length === people.size;
  for (const { person, count, samples } of contents.people) {
    if (!names.has(person)) return 'wrong';
    const expected = [...owners.values()].filter((owner) => owner === person).length;
    if (count !== samples.length || samples.length !== expected) complete = false;
    for (const { embedding, thumbnail, source, time, model } of samples) {
      const id = sampleIdOf(embedding);
      if (id === undefined || owners.get(id) !== person) return 'wrong';
      const written = sampleOf(id, person);
      const same =
        sameValues(embedding, written.embedding) &&
        (thumbnail === undefined || isThumbnailOf(id, thumbnail)) &&
        source === written.source &&
        time === written.time &&
        model === written.model;
      if (!same) return 'wrong';
      if (thumbnail === undefined) complete = false;
    }
  }
  const there = new Set(contents.people.map(({ person }) => person));
  for (const [n, id] of probes.entries()) {
    const owner = owners.get(id)!;
    // Without its owner a probe is most like somebody else.
    if (there.has(owner) && contents.nearest[n] !== owner) {
      if (complete) return 'wrong';
    }
  }
  return complete ? 'right' : 'incomplete';
}
