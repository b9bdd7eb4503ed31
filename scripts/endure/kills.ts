/**
 * SIGKILL of a process in the middle of changes to a gallery, several of them overlapping, and of one that reads. After
 * each: what was acknowledged is there, nothing is half there, and nothing of who was removed or renamed is in any file.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { integerBetween, type Random } from '../shared/random';
import { translatePrograms } from './parts/programs';
import type { Workplace } from './parts/workplace';
import { nextChange, type Numbers } from './store/changes';
import { contentsBelow } from './store/files';
import { Ledger } from './store/ledger';
import { embeddingOf, MODEL, MOST_SAMPLES, tracesIn, type PartKind, type Trace } from './store/samples';
import { StoreChild } from './store/store-child';
import type { Trial } from './trial';

/** From the first change to the kill; a change takes a few milliseconds. */
const WORK_MS = 100;
/** From asking to open to the kill, in rounds that kill an opening. */
const OPENING_MS = 60;
const OPENING_SHARE = 0.1;
/** Rounds in which another process reads, and is killed before or after the changes. */
const READER_SHARE = 0.15;
const READER_MS = 40;
const OPEN_MS = 60_000;
const MOST_AT_ONCE = 5;
/** Changes that a round with a killed reader makes before the files are looked at. */
const AFTER_READER = 6;
const PARTS = ['name', 'source', 'thumbnail', 'embedding'] as const satisfies readonly PartKind[];

export const kills: Trial = {
  name: 'kills',
  help: 'kill a process in the middle of enrolments, removals, renamings and imports, and look at what is left',
  counts: { what: 'kills', usual: 100, most: 100_000 },
  options: [],
  async run(_args, { workplace, count, random, step }) {
    await translatePrograms(workplace.path('programs'));
    const rounds = new Rounds(workplace, random);
    for (let n = 1; n <= count; n++) {
      await rounds.next(`kill ${n}`);
      step();
    }
    await rounds.last();
    const { ledger, lost, halfWritten, unerased, failures, refused, seen } = rounds;
    const unseen = PARTS.filter((kind) => (seen.get(kind) ?? 0) === 0);
    const broken = [
      ...lost.map((what) => `Lost: ${what}`),
      ...halfWritten.map((what) => `Half written: ${what}`),
      ...unerased.map((what) => `Not erased: ${what}`),
      ...failures,
      // What is there has to be found, else what is left would not be found either.
      ...unseen.map(
        (kind) => `No ${kind} of those who are there was found in a file: nothing can be said of erasing`,
      ),
    ];
    return {
      result: {
        kills: count,
        acknowledged: ledger.acknowledged,
        lost: lost.length,
        halfWritten: halfWritten.length,
        unerased: unerased.length,
        failures: failures.length,
        refused: refused.length,
        refusals: [...new Set(refused)].slice(0, 5),
        readersKilled: rounds.readersKilled,
        openingsKilled: rounds.openingsKilled,
        looked: Object.fromEntries(PARTS.map((kind) => [kind, seen.get(kind) ?? 0])),
      },
      summary: [
        {
          label: 'kills',
          value: `${count}, ${rounds.openingsKilled} of them while opening; and ${rounds.readersKilled} of readers`,
        },
        { label: 'changes acknowledged', value: String(ledger.acknowledged) },
        { label: 'lost', value: String(lost.length) },
        { label: 'half written', value: String(halfWritten.length) },
        { label: 'not erased', value: String(unerased.length) },
        { label: 'openings that failed', value: String(failures.length) },
        {
          label: 'changes refused',
          value: `${refused.length} ${[...new Set(refused)].slice(0, 3).join('; ')}`,
        },
      ],
      broken,
    };
  },
};

class Rounds {
  ledger = new Ledger();
  readonly lost: string[] = [];
  readonly halfWritten: string[] = [];
  readonly unerased: string[] = [];
  readonly failures: string[] = [];
  readonly refused: string[] = [];
  /** Parts of those who are there that were found in files. */
  readonly seen = new Map<PartKind, number>();
  readersKilled = 0;
  openingsKilled = 0;
  private stores = 0;
  private directory = '';
  private people = 0;
  private samples = 0;
  private changes = 0;
  /** Starts while the one before works: starting is what takes longest. */
  private spare: StoreChild;
  private readonly numbers: Numbers = {
    person: () => ++this.people,
    sample: () => ++this.samples % MOST_SAMPLES,
  };

  constructor(
    private readonly workplace: Workplace,
    private readonly random: Random,
  ) {
    this.newStore();
    this.spare = StoreChild.start(workplace);
  }

  /** One kill. */
  async next(during: string): Promise<void> {
    const child = await this.takeSpare();
    if (this.random() < OPENING_SHARE) {
      child.send({ type: 'open', directory: this.directory });
      await sleep(this.random() * OPENING_MS);
      await child.kill();
      this.openingsKilled++;
    } else if (await this.open(child, during)) {
      const reader = this.random() < READER_SHARE ? await this.startReader() : undefined;
      if (reader && this.random() < 0.5) await this.killReader(reader, child, during);
      await this.work(child, this.random() * WORK_MS);
      await child.kill();
      await this.look(during);
      if (reader && !reader.ended) await this.endReader(reader);
    }
  }

  /** Opens once more after the last kill. */
  async last(): Promise<void> {
    const child = await this.takeSpare();
    await this.open(child, 'the last kill');
    await child.close(OPEN_MS);
    await child.kill();
    await this.look('the end');
    await this.spare.kill();
  }

  private async takeSpare(): Promise<StoreChild> {
    const child = this.spare;
    await child.ready();
    this.spare = StoreChild.start(this.workplace);
    return child;
  }

  private newStore(): void {
    this.directory = this.workplace.path(`store-${++this.stores}`);
    const { acknowledged } = this.ledger;
    this.ledger = new Ledger();
    this.ledger.acknowledged = acknowledged;
  }

  /** Opens what the kill before has left, and compares it with what must be there. */
  private async open(child: StoreChild, during: string): Promise<boolean> {
    child.onReport((report) => {
      if (report.type === 'changed') this.ledger.acknowledge(report.id);
      else if (report.type === 'refused') this.refused.push(report.reason);
    });
    const opening = await child.open({ type: 'open', directory: this.directory }, OPEN_MS);
    if (opening.outcome !== 'opened') {
      const reason =
        opening.outcome === 'failed'
          ? opening.reason
          : opening.outcome === 'died'
            ? `the process died (${String(opening.death.signal ?? opening.death.code)}) ${opening.death.lastLines}`
            : 'no answer';
      this.failures.push(`The gallery did not open before ${during}: ${reason}`);
      this.lost.push(`all ${this.ledger.size} people before ${during}`);
      await child.kill();
      this.newStore();
      return false;
    }
    const { lost, halfWritten } = this.ledger.settle(opening.contents);
    this.lost.push(...lost.map((what) => `${what}, before ${during}`));
    this.halfWritten.push(...halfWritten.map((what) => `${what}, before ${during}`));
    // What was removed without an acknowledgement has been cleaned up after by now.
    await this.look(`the opening before ${during}`);
    return true;
  }

  /** Keeps some changes under way for so long. */
  private async work(child: StoreChild, ms: number): Promise<void> {
    const atOnce = integerBetween(this.random, 1, MOST_AT_ONCE);
    const pending = new Set<number>();
    const more = (): void => {
      while (pending.size < atOnce && !child.ended) pending.add(this.begin(child));
    };
    child.onReport((report) => {
      if (report.type !== 'changed' && report.type !== 'refused') return;
      pending.delete(report.id);
      more();
    });
    more();
    await sleep(ms);
  }

  private begin(child: StoreChild): number {
    const { change, plan } = nextChange(this.random, this.ledger.settled, this.numbers);
    const id = ++this.changes;
    this.ledger.begin(id, plan);
    child.send({ type: 'change', id, change });
    return id;
  }

  private async startReader(): Promise<StoreChild> {
    const reader = StoreChild.start(this.workplace);
    const reading = reader.report('reading');
    await reader.ready();
    const probe = { embedding: embeddingOf(1), model: MODEL };
    reader.send({ type: 'read', directory: this.directory, probe });
    await Promise.race([
      reading,
      reader.report('failed'),
      reader.gone,
      sleep(OPEN_MS, undefined, { ref: false }),
    ]);
    await sleep(this.random() * READER_MS);
    return reader;
  }

  /** A reader is killed; what is acknowledged from then on has been erased all the same. */
  private async killReader(reader: StoreChild, child: StoreChild, during: string): Promise<void> {
    await this.endReader(reader);
    for (let n = 0; n < AFTER_READER && !child.ended; n++) {
      const answered = Promise.race([child.report('changed'), child.report('refused')]);
      this.begin(child);
      await Promise.race([answered, child.gone]);
    }
    await this.look(`changes after a reader was killed, before ${during}`);
  }

  private async endReader(reader: StoreChild): Promise<void> {
    await reader.kill();
    this.readersKilled++;
  }

  /** Looks for what nobody's presence explains in all files. */
  private async look(when: string): Promise<void> {
    const traces = (await contentsBelow(this.directory)).flatMap(tracesIn);
    const unexplained = this.ledger.unexplained(traces);
    for (const { kind } of traces) this.seen.set(kind, (this.seen.get(kind) ?? 0) + 1);
    for (const [owner, kinds] of byId(unexplained)) this.unerased.push(`${kinds} of ${owner}, after ${when}`);
  }
}

/** One line for each person or sample. */
function byId(traces: readonly Trace[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { kind, id } of traces) {
    const owner = kind === 'name' ? `person ${id}` : `sample ${id}`;
    const kinds = owners.get(owner);
    owners.set(owner, kinds === undefined ? kind : `${kinds}, ${kind}`);
  }
  return owners;
}
