/** Reads a decoder's log: the size of each frame to come, and what went wrong. */
import { parseFrameInfo, type FrameInfo } from './frame-info';

/** FFmpeg marks levels when asked to with -loglevel level. */
const PROBLEM = /\[(?:error|fatal|panic)\] (.+)$/;
/** What FFmpeg puts before the reason, depending on its version: a general remark, or the address. */
const PREAMBLE = /^(?:Error opening input(?: files?)?|file:.*|[a-z][a-z0-9+.-]*:\S*): /i;
/** Only says that there was a reason before. */
const EMPTY_REASON = /^(?:Error opening input file|Impossible to open|Conversion failed)/;

export class DecoderLog {
  private readonly infos: FrameInfo[] = [];
  private waiting: ((info: FrameInfo | undefined) => void) | undefined;
  private ended = false;
  private problem: string | undefined;

  constructor(private readonly redact: (text: string) => string) {}

  line(text: string): void {
    const info = parseFrameInfo(text);
    if (info) this.announce(info);
    else this.note(text);
  }

  /** No more lines come. */
  end(): void {
    this.ended = true;
    this.waiting?.(undefined);
  }

  /** Size and time of the next frame in order; undefined when the log ended before it. Asked by one reader at a time. */
  next(): Promise<FrameInfo | undefined> {
    const info = this.infos.shift();
    if (info || this.ended) return Promise.resolve(info);
    return new Promise((resolve) => (this.waiting = resolve));
  }

  /** The last problem that the decoder named, without secrets. */
  get reason(): string | undefined {
    return this.problem;
  }

  private announce(info: FrameInfo): void {
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting) waiting(info);
    else this.infos.push(info);
  }

  private note(text: string): void {
    const said = PROBLEM.exec(text)?.[1]?.replace(PREAMBLE, '').trim();
    if (said && !EMPTY_REASON.test(said)) this.problem = this.redact(said);
  }
}
