/** What the player's thread and the main thread tell each other. */
import type { Frame } from '../../image/frame';

export interface PlayerSettings {
  /** Stands in every frame as its source. */
  readonly label: string;
  readonly connectWithinMs: number;
  readonly stallAfterMs: number;
  readonly statisticsEveryMs: number;
}

/** Pictures from files, one after the other. */
export interface Pictures {
  readonly paths: readonly string[];
  readonly framesPerSecond: number;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** How frames are played. */
export interface PlayPolicy {
  /** By the media's own clock instead of as they come. */
  readonly paced: boolean;
  /** Every frame reaches the consumer, and the decoder waits for it; otherwise the newest one wins. */
  readonly every: boolean;
  /** A pause stops the decoder; what cannot wait (a camera) goes on unseen. */
  readonly stoppable: boolean;
}

export interface PlayJob<From> extends PlayPolicy {
  readonly from: From;
}

/** How a job ended: without an error the stream came to its end, or was aborted. */
export interface Outcome {
  readonly frames: number;
  /** The reason, without secrets. */
  readonly error?: string;
}

export interface Statistics {
  /** Frames that the decoder gave since the start. */
  readonly received: number;
  /** Frames that the consumer took. */
  readonly sent: number;
  /** Frames that a newer one replaced before the consumer was ready. */
  readonly dropped: number;
  /** Of the last frame; 0 before the first. */
  readonly width: number;
  readonly height: number;
  /** Received, measured since the statistics before. */
  readonly framesPerSecond: number;
}

export type ToPlayer<From> =
  | { readonly type: 'play'; readonly job: PlayJob<From> }
  | { readonly type: 'snapshot'; readonly id: number }
  | { readonly type: 'abort' | 'take' | 'pause' | 'resume' | 'close' };

export type FromPlayer =
  | { readonly type: 'frame'; readonly frame: Frame }
  | { readonly type: 'snapshot'; readonly id: number; readonly frame: Frame }
  /** The first frame of a job, and each change of size. */
  | { readonly type: 'playing'; readonly width: number; readonly height: number }
  | { readonly type: 'process'; readonly pid: number | undefined }
  | { readonly type: 'over'; readonly outcome: Outcome }
  | { readonly type: 'statistics'; readonly statistics: Statistics };
