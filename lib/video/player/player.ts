/**
 * Plays decoded frames to one consumer: at the media's pace where it has one, the newest frame or every frame,
 * with pause, snapshot and counts. Runs in a thread of its own; the main thread only ever sees finished frames.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { createFrame, type Frame } from '../../image/frame';
import { allocateShared } from '../../image/shared-memory';
import type { DecodedFrame } from '../decoder/frame-assembler';
import { Mailbox } from '../source/mailbox';
import { Pacer } from './pacer';
import type { PlayPolicy, Statistics } from './player-messages';
import { Timeline } from './timeline';

export class Player {
  private readonly mailbox = new Mailbox<Frame>();
  private readonly pacer = new Pacer();
  private readonly counts = { received: 0, sent: 0, dropped: 0 };
  private latest: Frame | undefined;
  private spare: Uint8Array | undefined;
  private resumed: (() => void)[] = [];
  private paused = false;
  /** True while the decoder waits: the latest frame is what there is to see. */
  private idle = false;
  private snapshots: ((frame: Frame) => void)[] = [];
  private measured = { received: 0, at: performance.now() };

  /**
   * @param label stands in every frame as its source
   * @param onPlaying told the size of each stream's first frame and of the first frame after each change
   */
  constructor(
    private readonly label: string,
    private readonly onPlaying: (width: number, height: number) => void,
  ) {}

  /** Frames received since the beginning. */
  get received(): number {
    return this.counts.received;
  }

  /** Shared memory for one frame: that of a frame nobody saw, where there is one. */
  readonly allocate = (bytes: number): Uint8Array => {
    const { spare } = this;
    this.spare = undefined;
    return spare?.length === bytes ? spare : allocateShared(bytes);
  };

  /** Plays to the end of the stream, or until the signal is aborted. */
  async play(stream: AsyncIterable<DecodedFrame>, policy: PlayPolicy, signal: AbortSignal): Promise<void> {
    const timeline = Timeline.after(this.latest, Date.now());
    const abort = (): void => this.release();
    signal.addEventListener('abort', abort, { once: true });
    this.discard();
    this.pacer.restart();
    let size = '';
    for await (const decoded of stream) {
      const mediaMs = timeline.mediaMs(decoded.seconds);
      if (policy.paced) await sleep(this.pacer.wait(mediaMs, performance.now()), signal);
      if (policy.every) await this.whenTaken();
      if (signal.aborted) break;
      const { data, width, height } = decoded;
      if (size !== `${width}x${height}`) this.onPlaying(width, height);
      size = `${width}x${height}`;
      const timestamp = policy.every ? timeline.timestamp(mediaMs) : Date.now();
      this.publish({ data, width, height, timestamp, sequence: this.counts.received, source: this.label });
      if (policy.stoppable && this.paused) await this.standStill(this.whenResumed());
    }
    if (policy.every && !signal.aborted) await this.whenTaken();
    signal.removeEventListener('abort', abort);
  }

  /** Hands the next frame that is fresh to the consumer, at once if one waits. */
  take(consumer: (frame: Frame) => void): void {
    this.mailbox.take((frame) => {
      this.counts.sent++;
      consumer(frame);
    });
  }

  pause(): void {
    this.paused = true;
    this.mailbox.hold = true;
  }

  resume(): void {
    this.paused = false;
    this.pacer.restart();
    this.mailbox.hold = false;
    this.wake();
  }

  /** A copy of the next frame, or of the latest while none comes because the source is paused or waits for its consumer. */
  snapshot(viewer: (frame: Frame) => void): void {
    if (this.idle && this.latest) viewer(copyOf(this.latest));
    else this.snapshots.push(viewer);
  }

  statistics(): Statistics {
    const { received } = this.counts;
    const now = performance.now();
    const framesPerSecond =
      ((received - this.measured.received) * 1000) / Math.max(1, now - this.measured.at);
    this.measured = { received, at: now };
    return {
      ...this.counts,
      width: this.latest?.width ?? 0,
      height: this.latest?.height ?? 0,
      framesPerSecond: Math.round(framesPerSecond * 10) / 10,
    };
  }

  private publish(frame: Frame): void {
    this.counts.received++;
    this.latest = frame;
    for (const viewer of this.snapshots.splice(0)) viewer(copyOf(frame));
    const displaced = this.mailbox.put(frame);
    if (!displaced) return;
    this.spare = displaced.data;
    // Nobody wants frames during a pause; they are not lost to a slow flow.
    if (!this.paused) this.counts.dropped++;
  }

  /** Frees play() from whatever it waits for. */
  private release(): void {
    this.discard();
    this.wake();
  }

  private discard(): void {
    if (this.mailbox.clear()) this.counts.dropped++;
  }

  private wake(): void {
    for (const resolve of this.resumed.splice(0)) resolve();
  }

  private async whenTaken(): Promise<void> {
    if (!this.mailbox.isEmpty) await this.standStill(this.mailbox.whenEmpty());
  }

  private whenResumed(): Promise<void> {
    return new Promise((resolve) => this.resumed.push(resolve));
  }

  private async standStill(until: Promise<void>): Promise<void> {
    this.idle = true;
    const { latest } = this;
    if (latest) for (const viewer of this.snapshots.splice(0)) viewer(copyOf(latest));
    await until;
    this.idle = false;
  }
}

function copyOf(frame: Frame): Frame {
  const copy = createFrame(frame.width, frame.height, frame);
  copy.data.set(frame.data);
  return copy;
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await delay(ms, undefined, { signal }).catch(() => undefined);
}
