/**
 * What a gallery must hold, from what was acknowledged: whoever was changed and acknowledged is as changed; what was
 * under way when the process died has happened as a whole or not at all.
 */
import type { Contents, PersonFound } from '../programs/store-messages';
import type { Sample } from '../../../lib/gallery/sample';
import { isThumbnailOf, nameOf, sameValues, sampleIdOf, sampleOf, tracesIn, type Trace } from './samples';

/** A person's samples, by their numbers; the name is the person's. */
export interface PersonState {
  readonly person: number;
  readonly samples: readonly number[];
}

/** A change and what it makes of the people that it touches: undefined for somebody who is not there. */
export interface Plan {
  readonly kind: 'enrol' | 'import' | 'remove' | 'removeSample' | 'rename' | 'merge';
  readonly before: ReadonlyMap<number, readonly number[] | undefined>;
  readonly after: ReadonlyMap<number, readonly number[] | undefined>;
}

export interface Verdict {
  /** Acknowledged changes that are not there. */
  readonly lost: readonly string[];
  /** People of whom a part is there, or something that nobody wrote. */
  readonly halfWritten: readonly string[];
}

export class Ledger {
  private people = new Map<number, readonly number[]>();
  private readonly underWay = new Map<number, Plan>();
  /** What no change that happened has ever written: it may lie in a file as it is no one's removal that left it there. */
  private readonly unfinished = new Set<string>();
  /** Found in a file once already. */
  private readonly told = new Set<string>();
  acknowledged = 0;

  /** Those that no change is under way for. */
  get settled(): PersonState[] {
    const busy = new Set([...this.underWay.values()].flatMap(({ before }) => [...before.keys()]));
    return [...this.people]
      .filter(([person]) => !busy.has(person))
      .map(([person, samples]) => ({ person, samples }));
  }

  get size(): number {
    return this.people.size;
  }

  begin(id: number, plan: Plan): void {
    this.underWay.set(id, plan);
  }

  acknowledge(id: number): void {
    const plan = this.underWay.get(id);
    if (!plan) return;
    this.underWay.delete(id);
    this.acknowledged++;
    this.adopt(plan.after);
  }

  /** Compares what is there after an end with what must be, and goes on from what is there. */
  settle(contents: Contents): Verdict {
    const lost: string[] = [];
    const halfWritten: string[] = [];
    const found = new Map(contents.people.map((person) => [person.person, person]));
    const touched = new Set<number>();
    for (const plan of this.underWay.values()) {
      const people = [...plan.before.keys()];
      people.forEach((person) => touched.add(person));
      const matches = (state: Plan['before']): boolean =>
        people.every((person) => isAs(found.get(nameOf(person)), state.get(person)));
      if (matches(plan.after)) this.adopt(plan.after);
      else {
        this.leaveUnfinished(plan);
        if (!matches(plan.before)) halfWritten.push(`a ${plan.kind} of ${people.map(nameOf).join(' and ')}`);
      }
    }
    this.underWay.clear();
    for (const [person, samples] of this.people) {
      if (touched.has(person)) continue;
      const there = found.get(nameOf(person));
      if (isAs(there, samples)) continue;
      (there && there.samples.length >= samples.length ? halfWritten : lost).push(
        `${nameOf(person)} as it was acknowledged`,
      );
    }
    for (const [name, { samples }] of found) {
      const person = personOf(name);
      if (person === undefined) halfWritten.push(`somebody called ${name}`);
      else if (!this.people.has(person) && !touched.has(person)) lost.push(`the removal of ${name}`);
      if (samples.length === 0) halfWritten.push(`${name} without a sample`);
    }
    const total = contents.people.reduce((sum, { count }) => sum + count, 0);
    const counted = contents.models.reduce((sum, { samples }) => sum + samples, 0);
    if (total !== counted) halfWritten.push(`${total} samples of people, ${counted} of models`);
    this.people = new Map(
      contents.people.flatMap(({ person, samples }) => {
        const number = personOf(person);
        const ids = samples.map(({ embedding }) => sampleIdOf(embedding)).filter((id) => id !== undefined);
        return number === undefined ? [] : [[number, ids]];
      }),
    );
    return { lost, halfWritten };
  }

  /** Those of the traces that nothing which is there, under way or unfinished explains; each is told once. */
  unexplained(traces: readonly Trace[]): Trace[] {
    const explained = new Set(this.unfinished);
    const explain = (state: Plan['before']): void => {
      for (const [person, samples] of state) {
        explained.add(keyOf({ kind: 'name', id: person }));
        for (const key of (samples ?? []).flatMap(keysOfSample)) explained.add(key);
      }
    };
    explain(this.people);
    for (const { before, after } of this.underWay.values()) {
      explain(before);
      explain(after);
    }
    const fresh = traces.filter((trace) => !explained.has(keyOf(trace)) && !this.told.has(keyOf(trace)));
    fresh.forEach((trace) => this.told.add(keyOf(trace)));
    return fresh;
  }

  private adopt(state: Plan['after']): void {
    for (const [person, samples] of state) {
      if (samples) this.people.set(person, samples);
      else this.people.delete(person);
    }
  }

  /** What a change that did not happen would have brought in. */
  private leaveUnfinished({ before, after }: Plan): void {
    const known = new Set([...before.values()].flatMap((samples) => samples ?? []));
    for (const [person, samples] of after) {
      if (samples && !before.get(person)) this.unfinished.add(keyOf({ kind: 'name', id: person }));
      for (const sample of samples ?? [])
        if (!known.has(sample)) keysOfSample(sample).forEach((key) => this.unfinished.add(key));
    }
  }
}

function keyOf({ kind, id }: Trace): string {
  return `${kind} ${id}`;
}

function keysOfSample(id: number): string[] {
  return (['source', 'thumbnail', 'embedding'] as const).map((kind) => keyOf({ kind, id }));
}

function personOf(name: string): number | undefined {
  const number = parseInt(name.slice(-8), 16);
  return nameOf(number) === name ? number : undefined;
}

/** Whether a person is there with exactly these samples, each as it was written. */
function isAs(found: PersonFound | undefined, samples: readonly number[] | undefined): boolean {
  if (!found || !samples) return !found && !samples;
  return (
    found.count === samples.length &&
    found.samples.length === samples.length &&
    samples.every((id) => found.samples.some((sample) => isSample(sample, id)))
  );
}

/** Whether it is what was written. A former name may be gone from the source; whether it is, the files tell. */
function isSample({ embedding, thumbnail, model, time, source }: Sample, id: number): boolean {
  const written = sampleOf(id, '');
  return (
    sameValues(embedding, written.embedding) &&
    isThumbnailOf(id, thumbnail) &&
    model === written.model &&
    time === written.time &&
    (source === '' ||
      tracesIn(Buffer.from(source)).some(({ kind, id: of }) => kind === 'source' && of === id))
  );
}
