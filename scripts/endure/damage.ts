/** Copies of a gallery's files, each damaged in one way: never a dead process, never a wrong answer, never an empty gallery. */
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { oneAtRandom } from '../shared/random';
import { translatePrograms } from './parts/programs';
import type { Workplace } from './parts/workplace';
import type { Contents } from './programs/store-messages';
import { judge, type Judgement } from './store/answers';
import { damagedCopy, mainFileOf } from './store/damage';
import { embeddingOf, MODEL, nameOf, sampleOf } from './store/samples';
import { StoreChild, type Opening } from './store/store-child';
import type { Trial } from './trial';

const PEOPLE = 60;
const SAMPLES_EACH = 2;
/** Samples that one of the galleries gets from a process that is killed. */
const LATEST = 10;
const PROBES = 6;
const OPEN_MS = 30_000;
const CLOSE_MS = 15_000;
const STORE_ERROR = 'STORE_UNAVAILABLE';

export const damage: Trial = {
  name: 'damage',
  help: 'open galleries whose files have flipped bits, are cut off, overwritten, emptied or missing',
  counts: { what: 'damaged galleries', usual: 100, most: 100_000 },
  options: [],
  async run(_args, { workplace, count, random, step }) {
    await translatePrograms(workplace.path('programs'));
    const people = new Map(
      Array.from({ length: PEOPLE }, (_, n) => [
        n + 1,
        Array.from({ length: SAMPLES_EACH }, (_, k) => n * SAMPLES_EACH + k + 1),
      ]),
    );
    const samples = [...people.values()].flat();
    // One that was closed, and one whose process was killed: its last changes lie in another file.
    const stores = [workplace.path('closed'), workplace.path('killed')];
    for (const store of stores) await enrol(workplace, store, people, samples.slice(0, -LATEST), 'close');
    await enrol(workplace, stores[0]!, people, samples.slice(-LATEST), 'close');
    await enrol(workplace, stores[1]!, people, samples.slice(-LATEST), 'kill');
    const main = await mainFileOf(stores[0]!);

    const counts = { dead: 0, hung: 0, silentWrong: 0, emptied: 0, reported: 0, readable: 0, incomplete: 0 };
    const kinds: Record<string, number> = {};
    const broken: string[] = [];
    let child = StoreChild.start(workplace);
    await child.ready();
    const note = ({ outcome, fault }: Classified, about: string): void => {
      counts[outcome]++;
      if (fault !== undefined) broken.push(`${fault}: ${about}`);
    };
    /** Opens a gallery, looks at all of it and closes it again. */
    const look = async (directory: string, mayLoseChanges: boolean): Promise<Classified> => {
      const probes = Array.from({ length: PROBES }, () => oneAtRandom(random, samples));
      const asked = probes.map((id) => ({ embedding: embeddingOf(id), model: MODEL }));
      const opening = await child.open({ type: 'open', directory, probes: asked }, OPEN_MS);
      const closed =
        opening.outcome !== 'died' && opening.outcome !== 'hung' && (await child.close(CLOSE_MS));
      const diedLater = !closed && opening.outcome !== 'died' && child.ended;
      if (!closed) {
        await child.kill();
        const { lastLines } = await child.gone;
        child = StoreChild.start(workplace);
        await child.ready();
        if (diedLater) return { outcome: 'dead', fault: `The process died while it closed (${lastLines})` };
      }
      return classify(opening, mayLoseChanges, (contents) => judge(contents, people, probes));
    };
    for (let n = 1; n <= count; n++) {
      const copy = workplace.path(`damaged-${n}`);
      const store = oneAtRandom(random, stores);
      const { kind, what, mayLoseChanges } = await damagedCopy(store, copy, main, random);
      kinds[kind] = (kinds[kind] ?? 0) + 1;
      const about = `gallery ${n}, ${store === stores[0] ? 'closed' : 'killed'}, ${what}`;
      const first = await look(copy, mayLoseChanges);
      note(first, about);
      // What was reported once is not passed over the next time.
      if (first.outcome === 'reported') {
        const again = await look(copy, mayLoseChanges);
        if (again.fault !== undefined) note(again, `${about}, opened again`);
      }
      await rm(copy, { recursive: true, force: true });
      step();
    }
    await child.kill();
    return {
      result: { damaged: count, ...counts, kinds },
      summary: [
        {
          label: 'damaged galleries',
          value: `${count} (${Object.entries(kinds)
            .map(([kind, times]) => `${times} ${kind}`)
            .join(', ')})`,
        },
        { label: 'the process died', value: String(counts.dead) },
        { label: 'no answer', value: String(counts.hung) },
        { label: 'wrong without a word', value: String(counts.silentWrong) },
        { label: 'empty without a word', value: String(counts.emptied) },
        { label: 'reported as an error', value: String(counts.reported) },
        { label: 'all answers right', value: String(counts.readable) },
        { label: 'right, latest changes gone', value: String(counts.incomplete) },
      ],
      broken,
    };
  },
};

interface Classified {
  readonly outcome: 'dead' | 'hung' | 'silentWrong' | 'emptied' | 'reported' | 'readable' | 'incomplete';
  /** What is wrong about that. */
  readonly fault?: string;
}

function classify(
  opening: Opening,
  mayLoseChanges: boolean,
  judged: (contents: Contents) => Judgement,
): Classified {
  switch (opening.outcome) {
    case 'died': {
      const { code, signal, lastLines } = opening.death;
      return { outcome: 'dead', fault: `The process died (${String(signal ?? code)}, ${lastLines})` };
    }
    case 'hung':
      return { outcome: 'hung', fault: `No answer within ${OPEN_MS / 1000} s` };
    case 'failed': {
      const { code, reason } = opening;
      if (code === STORE_ERROR) return { outcome: 'reported' };
      return { outcome: 'reported', fault: `Reported as ${code || 'an error without a code'} (${reason})` };
    }
    case 'opened':
  }
  const judgement = judged(opening.contents);
  if (judgement === 'right') return { outcome: 'readable' };
  if (judgement === 'incomplete' && mayLoseChanges) return { outcome: 'incomplete' };
  if (judgement === 'empty')
    return { outcome: 'emptied', fault: 'Opened without anybody and without a word' };
  const what = judgement === 'incomplete' ? 'Somebody is missing' : 'A wrong answer';
  return { outcome: 'silentWrong', fault: `${what}, without a word` };
}

/** Enrols samples of people, and closes the gallery or kills the process. */
async function enrol(
  workplace: Workplace,
  directory: string,
  people: ReadonlyMap<number, readonly number[]>,
  samples: readonly number[],
  end: 'close' | 'kill',
): Promise<void> {
  const owners = new Map([...people].flatMap(([person, ids]) => ids.map((id) => [id, nameOf(person)])));
  const child = StoreChild.start(workplace);
  await child.ready();
  const opening = await child.open({ type: 'open', directory }, OPEN_MS);
  if (opening.outcome !== 'opened') throw new Error(`A new gallery did not open: ${opening.outcome}`);
  for (const id of samples) {
    const person = owners.get(id)!;
    const changed = Promise.race([child.report('changed'), child.report('refused')]);
    child.send({ type: 'change', id, change: { kind: 'enrol', person, sample: sampleOf(id, person) } });
    const answer = await Promise.race([changed, sleep(OPEN_MS, undefined, { ref: false })]);
    if (answer?.type !== 'changed')
      throw new Error(
        `Nobody could be enrolled: ${answer?.type === 'refused' ? answer.reason : 'no answer'}`,
      );
  }
  if (end === 'close') await child.close(CLOSE_MS);
  await child.kill();
}
