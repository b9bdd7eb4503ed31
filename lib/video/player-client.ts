/** The main thread's end of a player: one worker thread, its jobs and its frames. */
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../errors';
import type { Frame } from '../image/frame';
import { countSharedMemory } from '../image/shared-memory';
import { entryPoint, NODE_OPTIONS } from './entry-point';
import { guardProcess, killProcess, releaseProcess } from './exit-guard';
import type { FromPlayer, Outcome, PlayerSettings, PlayJob, Statistics, ToPlayer } from './player-messages';

export interface PlayerEvents {
  readonly onFrame: (frame: Frame) => void;
  readonly onPlaying: (width: number, height: number) => void;
  readonly onStatistics: (statistics: Statistics) => void;
}

export type PlayerEntry = 'decoder-worker' | 'pictures-worker';

/** A decoder gets a second to leave its camera, then it is killed; a thread that takes longer is stuck. */
const CLOSE_WITHIN_MS = 3000;

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

  /** Ends decoder and thread; resolves when both are gone. */
  async close(): Promise<void> {
    this.send({ type: 'close' });
    const stuck = setTimeout(() => {
      this.killDecoder();
      void this.worker.terminate();
    }, CLOSE_WITHIN_MS);
    await this.exited;
    clearTimeout(stuck);
  }

  private send(message: ToPlayer<From>): void {
    this.worker.postMessage(message);
  }

  private receive(message: FromPlayer): void {
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
    this.dead = true;
    this.killDecoder();
    this.settle({ frames: 0, error: `the video thread ended: ${this.crash ?? 'no reason given'}` });
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
