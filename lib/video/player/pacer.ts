/** Turns a file's own clock into waits, so that it plays in real time whichever decoder reads it. */

/** A jump of the media clock beyond this is a new beginning (a loop, a seek, a broken stamp), not a wait. */
const LONGEST_GAP_MS = 10_000;

export class Pacer {
  private anchor: { readonly wallMs: number; readonly mediaMs: number } | undefined;
  private lastMediaMs = 0;

  /** Milliseconds from nowMs until the frame of that media time is due; 0 for the first frame and for late ones. */
  wait(mediaMs: number, nowMs: number): number {
    const step = mediaMs - this.lastMediaMs;
    this.lastMediaMs = mediaMs;
    if (!this.anchor || step < 0 || step > LONGEST_GAP_MS) this.anchor = { wallMs: nowMs, mediaMs };
    return Math.max(0, this.anchor.wallMs + mediaMs - this.anchor.mediaMs - nowMs);
  }

  /** The next frame is due at once: after a pause. */
  restart(): void {
    this.anchor = undefined;
  }
}
