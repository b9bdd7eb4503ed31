/**
 * A source of video frames: a camera, a stream, a file or a folder of pictures. Decoding happens in another process
 * and is read in another thread; the consumer takes one frame at a time, when it is ready for it. A lost stream is
 * connected to again for ever.
 */
import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { ArcFlowError, messageOf } from '../../core/errors';
import type { Frame } from '../../image/frame';
import { invalid, numberIn } from '../../core/validate';
import { Backoff } from './backoff';
import { FormatChoice } from './format-choice';
import { withHardware } from '../decoder/hardware-reason';
import { findMedia, identify, type Media, type Playable } from './media';
import { toVideoSettings, type VideoSettings, type VideoSourceOptions } from './options';
import { PlayerClient } from '../player/player-client';
import type { Outcome, Statistics } from '../player/player-messages';
import { redactor } from './redact';

export type { VideoSourceOptions } from './options';

export type VideoState =
  | { readonly state: 'stopped' }
  | { readonly state: 'connecting'; readonly attempt: number }
  | { readonly state: 'connected'; readonly width: number; readonly height: number; readonly decoder: string }
  | { readonly state: 'paused' }
  | {
      readonly state: 'lost';
      readonly reason: string;
      /** 1 for the first retry since frames came. */
      readonly attempt: number;
      readonly retryInMs: number;
      readonly error: ArcFlowError;
    }
  /** With reason and error when a file cannot be played to its end. */
  | { readonly state: 'ended'; readonly reason?: string; readonly error?: ArcFlowError };

export interface VideoStatistics extends Statistics {
  readonly decoder: string;
}

interface VideoSourceEvents {
  state: [VideoState];
  statistics: [VideoStatistics];
}

/** From start to stop, or to the end of a file. */
interface Run {
  readonly controller: AbortController;
  started: Promise<void>;
  player?: PlayerClient<Playable>;
  paused: boolean;
  /** Only snapshots asked for it, so many of them still wait. */
  temporary: boolean;
  snapshots: number;
  /** Why there are no frames, as far as is known. */
  problem?: string | undefined;
  /** Where to go on, when playing was interrupted to seek. */
  seekTo?: number | undefined;
  connected?: Extract<VideoState, { state: 'connected' }> | undefined;
}

interface Waiting {
  readonly frame: Promise<Frame | undefined>;
  readonly hand: (frame: Frame | undefined) => void;
}

export class VideoSource extends EventEmitter<VideoSourceEvents> {
  /** Address or path without credentials, or the label given: what stands in frames and messages. */
  readonly label: string;
  private readonly settings: VideoSettings;
  private readonly redact: (text: string) => string;
  private readonly formats = new FormatChoice();
  private current: VideoState = { state: 'stopped' };
  private run: Run | undefined;
  private ending: Promise<void> = Promise.resolve();
  private waiting: Waiting | undefined;
  private closed = false;

  /** @throws ArcFlowError INVALID_ARGUMENT that names the option */
  constructor(options: VideoSourceOptions) {
    super();
    this.settings = toVideoSettings(options);
    const { shown, secrets } = identify(this.settings);
    this.redact = redactor(secrets);
    this.label = this.settings.label ?? shown;
  }

  get state(): VideoState {
    return this.current;
  }

  /**
   * Begins to connect; a file begins again from its start. Does nothing while running.
   * @throws ArcFlowError DECODER_MISSING, SOURCE_UNAVAILABLE for a file that is not there, INVALID_ARGUMENT for a folder
   * without pictures. A stream that cannot be reached is no error here but a state.
   */
  start(): Promise<void> {
    if (this.closed) {
      return Promise.reject(new ArcFlowError('SOURCE_UNAVAILABLE', `The source ${this.label} was closed`));
    }
    this.run ??= this.open();
    this.run.temporary = false;
    return this.run.started;
  }

  /** Ends decoder, thread and timers; resolves when they are gone. start() begins anew. */
  stop(): Promise<void> {
    if (this.run) this.ending = this.finish(this.run, { state: 'stopped' });
    return this.ending;
  }

  /** Stops for good. */
  close(): Promise<void> {
    this.closed = true;
    return this.stop();
  }

  /** Holds frames back. A file stands still; a camera stays connected, and its newest frame waits. */
  pause(): void {
    const { run } = this;
    if (!run || run.paused) return;
    run.paused = true;
    run.player?.pause();
    this.report({ state: 'paused' });
  }

  resume(): void {
    const { run } = this;
    if (!run?.paused) return;
    run.paused = false;
    run.player?.resume();
    this.announce(run, run.connected ?? { state: 'connecting', attempt: 0 });
  }

  /**
   * Goes on at so many seconds from the start of a file or folder.
   * @throws ArcFlowError INVALID_ARGUMENT for a source that has no such place, or is not running
   */
  seek(seconds: number): void {
    const { kind } = this.settings.input;
    if (kind !== 'file' && kind !== 'pictures')
      throw invalid('a file or a folder', 'a source to seek in', kind);
    numberIn(seconds, 'seek seconds', { min: 0 });
    if (!this.run) throw invalid('a started source', 'seek', this.current.state);
    this.run.seekTo = seconds;
    this.run.player?.abort();
  }

  /**
   * The next frame, or the newest one that was not taken; undefined when the source ended or is not started. Takes
   * one frame for one call: what comes while nobody takes is replaced by what comes after, or waits in a file that
   * plays at the flow's pace.
   * @example
   * await source.start();
   * for (let frame = await source.take(); frame; frame = await source.take()) await look(frame);
   */
  take(): Promise<Frame | undefined> {
    if (!this.run) return Promise.resolve(undefined);
    if (!this.waiting) {
      let hand: (frame: Frame | undefined) => void = () => undefined;
      const frame = new Promise<Frame | undefined>((resolve) => (hand = resolve));
      this.waiting = { frame, hand };
      this.run.player?.take();
    }
    return this.waiting.frame;
  }

  /**
   * One frame beside those that are taken: the next, or the one that stands in a paused file. Starts a stopped source
   * for as long as it takes.
   * @throws ArcFlowError SOURCE_UNAVAILABLE when no frame comes in time, and as start() does
   */
  async snapshot(): Promise<Frame> {
    if (this.closed) await this.start();
    const run = (this.run ??= this.open());
    const { connectWithinMs } = this.settings;
    run.snapshots++;
    try {
      await run.started;
      const frame = await run.player?.snapshot(connectWithinMs);
      if (frame) return frame;
      throw this.unavailable(run.problem ?? `no picture for ${connectWithinMs / 1000} s`);
    } finally {
      run.snapshots--;
      if (run.temporary && run.snapshots === 0 && this.run === run) await this.stop();
    }
  }

  private open(): Run {
    const controller = new AbortController();
    const started = Promise.resolve();
    const run: Run = { controller, started, paused: false, temporary: true, snapshots: 0 };
    run.started = this.begin(run, this.ending);
    return run;
  }

  private async begin(run: Run, previous: Promise<void>): Promise<void> {
    try {
      await previous;
      const media = await findMedia(this.settings, this.formats);
      if (run.controller.signal.aborted) return;
      run.player = this.openPlayer(run, media);
      void this.playOn(run, media).catch((error: unknown) => this.fail(run, error));
    } catch (error) {
      if (this.run === run) this.run = undefined;
      this.hand(undefined);
      throw error;
    }
  }

  /** Connects, plays, and connects again, until the source ends or is stopped. */
  private async playOn(run: Run, media: Media): Promise<void> {
    const { signal } = run.controller;
    const { firstRetryMs, longestRetryMs } = this.settings;
    const backoff = new Backoff({ firstMs: firstRetryMs, longestMs: longestRetryMs });
    while (this.run === run) {
      // A file that loops or is sought in stays connected.
      if (!run.connected) this.announce(run, { state: 'connecting', attempt: backoff.attempt });
      const outcome = await media.attempt(() => this.playOnce(run, media));
      if (signal.aborted || run.seekTo !== undefined) continue;
      if (outcome.frames > 0) backoff.reset();
      if (!media.finite) {
        run.connected = undefined;
        const retryInMs = backoff.next();
        this.reportLost(run, outcome, backoff.attempt, retryInMs);
        await delay(retryInMs, undefined, { signal }).catch(() => undefined);
      } else if (!media.loop || outcome.frames === 0) {
        this.ending = this.finish(run, this.ended(run, outcome));
      }
    }
  }

  /** A fault of this program, not of the source: nothing is left running behind it. */
  private async fail(run: Run, error: unknown): Promise<void> {
    const outcome = { frames: 0, error: messageOf(error) };
    if (this.run === run) await (this.ending = this.finish(run, this.ended(run, outcome)));
  }

  private async playOnce(run: Run, media: Media): Promise<Outcome> {
    const seekSeconds = run.seekTo ?? 0;
    run.seekTo = undefined;
    try {
      const from = await media.open(seekSeconds);
      // A thread that crashed is replaced; one that was closed is not.
      if (!run.player?.alive && !run.controller.signal.aborted) run.player = this.openPlayer(run, media);
      return await run.player!.play({ ...media.policy, from });
    } catch (error) {
      return { frames: 0, error: messageOf(error) };
    }
  }

  private openPlayer(run: Run, media: Media): PlayerClient<Playable> {
    const { connectWithinMs, stallAfterMs, statisticsEveryMs } = this.settings;
    const { decoder } = media;
    const player = new PlayerClient<Playable>(
      media.entry,
      { label: this.label, connectWithinMs, stallAfterMs, statisticsEveryMs },
      {
        onFrame: (frame) => {
          if (this.run === run) this.hand(frame);
        },
        onPlaying: (width, height) => {
          const before = run.connected;
          run.problem = undefined;
          if (before?.width === width && before.height === height) return;
          run.connected = { state: 'connected', width, height, decoder };
          this.announce(run, run.connected);
        },
        onStatistics: (statistics) => this.tell(() => this.emit('statistics', { ...statistics, decoder })),
      },
    );
    if (run.paused) player.pause();
    if (this.waiting) player.take();
    return player;
  }

  /** Answers who waits in take(); undefined tells that no frame comes any more. */
  private hand(frame: Frame | undefined): void {
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.hand(frame);
  }

  private async finish(run: Run, state: VideoState): Promise<void> {
    this.run = undefined;
    run.controller.abort();
    this.hand(undefined);
    await run.started.catch(() => undefined);
    await run.player?.close();
    this.report(state);
  }

  private reportLost(run: Run, { error }: Outcome, attempt: number, retryInMs: number): void {
    const reason = this.reasonOf(error ?? 'the stream ended');
    run.problem = reason;
    this.announce(run, { state: 'lost', reason, attempt, retryInMs, error: this.unavailable(reason) });
  }

  private ended(run: Run, { error }: Outcome): VideoState {
    if (error === undefined) return { state: 'ended' };
    const reason = this.reasonOf(error);
    run.problem = reason;
    return { state: 'ended', reason, error: this.unavailable(reason) };
  }

  private reasonOf(error: string): string {
    return withHardware(this.redact(error), this.settings.hardware);
  }

  private unavailable(reason: string): ArcFlowError {
    return new ArcFlowError(
      'SOURCE_UNAVAILABLE',
      `The source ${this.label} cannot be read: ${reason}`,
      'no picture',
    );
  }

  /** A paused source stays paused, whatever happens behind it. */
  private announce(run: Run, state: VideoState): void {
    if (this.run === run && !run.paused) this.report(state);
  }

  private report(state: VideoState): void {
    this.current = state;
    this.tell(() => this.emit('state', state));
  }

  /** What a listener throws is its own fault: it is made known, and the source goes on. */
  private tell(emit: () => void): void {
    try {
      emit();
    } catch (error) {
      process.emitWarning(`A listener of the source ${this.label} failed: ${messageOf(error)}`);
    }
  }
}
