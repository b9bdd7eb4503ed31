/** The main thread's end of a player: one worker thread, its jobs and its frames. */
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../../core/errors';
import type { Frame } from '../../image/frame';
import { countSharedMemory } from '../../image/shared-memory';
import { entryPoint, NODE_OPTIONS } from '../decoder/entry-point';
import { guardProcess, killProcess, releaseProcess } from '../decoder/exit-guard';
import type { FromPlayer, Outcome, PlayerSettings, PlayJob, Statistics, ToPlayer } from './player-messages';

export interface PlayerEvents {
  readonly onFrame: (frame: Frame) => void;
  readonly onPlaying: (width: number, height: number) => void;
  readonly onStatistics: (statistics: Statistics) => void;
}

export type PlayerEntry = 'decoder-worker' | 'pictures-worker';

/** A decoder gets a second to leave its camera, then it is killed; a thread that takes longer is stuck. */
const CLOSE_WITHIN_MS = 3000;
/** A thread that waited for its decoder ends soon after that was killed. */
const END_WITHIN_MS = 1000;

export class PlayerClient<From> {
  private readonly worker: Worker;
  private readonly exited: Promise<undefined>;
  private readonly snapshots = new Map<number, (frame: Frame) => void>();
  private nextSnapshot = 0;
  private finish: ((outcome: Outcome) => void) | undefined;
  private crash: string | undefined;
  private decoderPid: number | undefined;
  private dead = false;

  constructor(
    entry: PlayerEntry,
    settings: PlayerSettings,
    private readonly events: PlayerEvents,
  ) {
    this.worker = new Worker(entryPoint(entry), {
      workerData: settings,
      name: 'arcflow-video',
      execArgv: [...NODE_OPTIONS],
    });
    this.worker.on('message', (message: FromPlayer) => this.receive(message));
    this.worker.on('error', (error) => (this.crash = messageOf(error)));
    this.worker.on('messageerror', (error) => this.giveUp(error));
    this.exited = new Promise((resolve) => this.worker.once('exit', () => resolve(undefined)));
    void this.exited.then(() => this.bury());
  }

  /** False after the thread ended, on request or by a crash. */
  get alive(): boolean {
    return !this.dead;
  }

  /** Plays until the stream ends, fails or is aborted; never rejects. One job at a time. */
  play(job: PlayJob<From>): Promise<Outcome> {
    if (this.dead) return Promise.resolve({ frames: 0, error: 'the video thread was closed' });
    return new Promise((resolve) => {
      this.finish = resolve;
      this.send({ type: 'play', job });
    });
  }

  abort(): void {
    this.send({ type: 'abort' });
  }

  /** The next frame comes through onFrame, once. */
  take(): void {
    this.send({ type: 'take' });
  }

  pause(): void {
    this.send({ type: 'pause' });
  }

  resume(): void {
    this.send({ type: 'resume' });
  }

  /** @returns undefined when no frame came in time, or none comes any more */
  async snapshot(withinMs: number): Promise<Frame | undefined> {
    const id = this.nextSnapshot++;
    const patience = new AbortController();
    const frame = new Promise<Frame>((resolve) => this.snapshots.set(id, resolve));
    this.send({ type: 'snapshot', id });
    try {
      return await Promise.race([
        frame,
        this.exited,
        delay(withinMs, undefined, { signal: patience.signal }),
      ]);
    } finally {
      patience.abort();
      this.snapshots.delete(id);
    }
  }

  /**
   * Ends decoder and thread; resolves when both are gone. A thread that does not end, such as one that is decoding a
   * huge picture, is left to do so by itself: to end a thread inside native code is to end the whole process.
   */
  async close(): Promise<void> {
    this.send({ type: 'close' });
    if (await this.endsWithin(CLOSE_WITHIN_MS)) return;
    this.killDecoder();
    if (await this.endsWithin(END_WITHIN_MS)) return;
    this.worker.unref();
    this.leave('the video thread is busy');
  }

  private async endsWithin(ms: number): Promise<boolean> {
    const patience = new AbortController();
    const late = delay(ms, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([this.exited, late]);
    patience.abort();
    return this.dead;
  }

  /** What the thread says can't be read: it is asked to end, and a new one takes its place. */
  private giveUp(error: Error): void {
    this.crash ??= messageOf(error);
    this.send({ type: 'close' });
  }

  private send(message: ToPlayer<From>): void {
    this.worker.postMessage(message);
  }

  private receive(message: FromPlayer): void {
    if (this.dead) return;
    switch (message.type) {
      case 'frame':
        countSharedMemory(message.frame.data);
        this.events.onFrame(message.frame);
        break;
      case 'playing':
        this.events.onPlaying(message.width, message.height);
        break;
      case 'statistics':
        this.events.onStatistics(message.statistics);
        break;
      case 'snapshot':
        countSharedMemory(message.frame.data);
        this.snapshots.get(message.id)?.(message.frame);
        break;
      case 'process':
        this.watch(message.pid);
        break;
      case 'over':
        this.settle(message.outcome);
        break;
    }
  }

  private settle(outcome: Outcome): void {
    const { finish } = this;
    this.finish = undefined;
    finish?.(outcome);
  }

  private bury(): void {
    this.killDecoder();
    this.leave(`the video thread ended: ${this.crash ?? 'no reason given'}`);
  }

  /** From now on nothing is asked of the thread, nor heard of it. */
  private leave(reason: string): void {
    this.dead = true;
    this.settle({ frames: 0, error: reason });
  }

  private watch(pid: number | undefined): void {
    if (this.decoderPid !== undefined) releaseProcess(this.decoderPid);
    if (pid !== undefined) guardProcess(pid);
    this.decoderPid = pid;
  }

  /** The last resort: the thread did not end its decoder. */
  private killDecoder(): void {
    if (this.decoderPid !== undefined) killProcess(this.decoderPid);
    this.watch(undefined);
  }
}
