/** The other end of programs/store-process.ts: a process that has a gallery open. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { OPEN_GALLERY } from '../parts/programs';
import { kill, type Workplace } from '../parts/workplace';
import type { Contents, StoreCommand, StoreReport } from '../programs/store-messages';

export interface Death {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lastLines: string;
}

/** How an opening went. */
export type Opening =
  | { readonly outcome: 'opened'; readonly contents: Contents }
  | { readonly outcome: 'failed'; readonly reason: string; readonly code: string }
  | { readonly outcome: 'died'; readonly death: Death }
  | { readonly outcome: 'hung' };

type ReportOf<T extends StoreReport['type']> = Extract<StoreReport, { readonly type: T }>;

const LONGEST_LOG = 4000;
const READY_MS = 60_000;

export class StoreChild {
  private output = '';
  private readonly waits = new Set<(report: StoreReport) => void>();
  readonly gone: Promise<Death>;
  private dead = false;
  private readonly loaded: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (part: Buffer) => {
        this.output = (this.output + part.toString()).slice(-LONGEST_LOG);
      });
    child.on('message', (report: StoreReport) => {
      for (const wait of this.waits) wait(report);
    });
    this.loaded = this.report('ready');
    child.on('error', (error) => (this.output += `\n${error.message}\n`));
    this.gone = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.dead = true;
        resolve({ code, signal, lastLines: this.output.trim() });
      });
    });
  }

  /** Starts; what it is told meanwhile waits until it is ready. */
  static start(workplace: Workplace): StoreChild {
    return new StoreChild(workplace.fork(workplace.path('programs', 'store-process.js'), [OPEN_GALLERY]));
  }

  get ended(): boolean {
    return this.dead;
  }

  /** Resolves when it has loaded the package. */
  async ready(): Promise<void> {
    await Promise.race([this.loaded, this.gone, sleep(READY_MS, undefined, { ref: false })]);
  }

  send(command: StoreCommand): void {
    if (this.child.connected) this.child.send(command);
  }

  onReport(listener: (report: StoreReport) => void): void {
    this.waits.add(listener);
  }

  async open(command: Extract<StoreCommand, { type: 'open' }>, withinMs: number): Promise<Opening> {
    const answer = Promise.race([this.report('opened'), this.report('failed')]);
    this.send(command);
    const first = await Promise.race([answer, this.gone, sleep(withinMs, undefined, { ref: false })]);
    if (first === undefined) return { outcome: 'hung' };
    if (!('type' in first)) return { outcome: 'died', death: first };
    if (first.type === 'failed') return { outcome: 'failed', reason: first.reason, code: first.code };
    return { outcome: 'opened', contents: first.contents };
  }

  /** @returns whether it said so in time */
  async close(withinMs: number): Promise<boolean> {
    const closed = this.report('closed');
    this.send({ type: 'close' });
    const first = await Promise.race([closed, this.gone, sleep(withinMs, undefined, { ref: false })]);
    return first !== undefined && 'type' in first;
  }

  /** The next report of a type. */
  report<T extends StoreReport['type']>(type: T): Promise<ReportOf<T>> {
    return new Promise((resolve) => {
      const wait = (report: StoreReport): void => {
        if (report.type !== type) return;
        this.waits.delete(wait);
        resolve(report as ReportOf<T>);
      };
      this.waits.add(wait);
    });
  }

  /** SIGKILL: without a chance to clean up. */
  async kill(): Promise<void> {
    await kill(this.child);
  }
}
