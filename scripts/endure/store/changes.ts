/** Random changes of a gallery's people, each with what it makes of them. */
import { toDocument } from '../../../lib/gallery/person-document';
import { integerBetween, oneAtRandom, type Random } from '../../shared/random';
import type { Change } from '../programs/store-messages';
import type { Plan, PersonState } from './ledger';
import { nameOf, sampleOf } from './samples';

export interface Intended {
  readonly change: Change;
  readonly plan: Plan;
}

/** With more people than this some are removed rather than added. */
const CROWD = 40;
const MOST_IMPORTED = 6;

/** Gives numbers that were never given before. */
export interface Numbers {
  person(): number;
  sample(): number;
}

/** @param people those that may be changed: nothing is under way for them */
export function nextChange(random: Random, people: readonly PersonState[], numbers: Numbers): Intended {
  const adding = random() < (people.length < 4 ? 1 : people.length < CROWD ? 0.55 : 0.3);
  if (adding) {
    if (random() < 0.25) return importOf(numbers, integerBetween(random, 1, MOST_IMPORTED));
    const known = people.length > 0 && random() < 0.3 ? oneAtRandom(random, people) : undefined;
    return enrolmentOf(numbers, known);
  }
  const one = oneAtRandom(random, people);
  const choice = random();
  if (choice < 0.55) return removalOf(one);
  if (choice < 0.85) return renamingOf(numbers, one);
  const other = people.find(({ person }) => person !== one.person);
  return other ? mergerOf(one, other) : removalOf(one);
}

function enrolmentOf(numbers: Numbers, known: PersonState | undefined): Intended {
  const person = known?.person ?? numbers.person();
  const sample = numbers.sample();
  return {
    change: { kind: 'enrol', person: nameOf(person), sample: sampleOf(sample, nameOf(person)) },
    plan: {
      kind: 'enrol',
      before: new Map([[person, known?.samples]]),
      after: new Map([[person, [...(known?.samples ?? []), sample]]]),
    },
  };
}

function importOf(numbers: Numbers, count: number): Intended {
  const person = numbers.person();
  const name = nameOf(person);
  const samples = Array.from({ length: count }, () => numbers.sample());
  const document = toDocument(
    name,
    samples.map((id) => sampleOf(id, name)),
  );
  return {
    change: { kind: 'import', document },
    plan: { kind: 'import', before: new Map([[person, undefined]]), after: new Map([[person, samples]]) },
  };
}

function removalOf({ person, samples }: PersonState): Intended {
  return {
    change: { kind: 'remove', person: nameOf(person) },
    plan: { kind: 'remove', before: new Map([[person, samples]]), after: new Map([[person, undefined]]) },
  };
}

function renamingOf(numbers: Numbers, { person, samples }: PersonState): Intended {
  const to = numbers.person();
  return {
    change: { kind: 'rename', from: nameOf(person), to: nameOf(to), merge: false },
    plan: {
      kind: 'rename',
      before: new Map([
        [person, samples],
        [to, undefined],
      ]),
      after: new Map([
        [person, undefined],
        [to, samples],
      ]),
    },
  };
}

function mergerOf(from: PersonState, into: PersonState): Intended {
  return {
    change: { kind: 'rename', from: nameOf(from.person), to: nameOf(into.person), merge: true },
    plan: {
      kind: 'merge',
      before: new Map([
        [from.person, from.samples],
        [into.person, into.samples],
      ]),
      after: new Map([
        [from.person, undefined],
        [into.person, [...into.samples, ...from.samples]],
      ]),
    },
  };
}
