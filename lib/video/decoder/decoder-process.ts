/** A decoder as a child process: its pipes become frames, and it is gone when nobody wants them any more. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { ArcFlowError } from '../../core/errors';
import type { DecoderCommand } from './decoder-command';
import { DecoderLog } from './decoder-log';
import { FrameAssembler, type DecodedFrame } from './frame-assembler';
import { redactor } from '../source/redact';
import { Watchdog } from '../source/watchdog';

/** Time for a decoder to say goodbye to its camera, which frees the camera's session. */
const GRACE_MS = 1000;

export interface DecodeOptions {
  readonly connectWithinMs: number;
  readonly stallAfterMs: number;
  /** Gives shared memory of so many bytes. */
  readonly allocate: (bytes: number) => Uint8Array;
  /** Told the process's id, and undefined when it is gone. */
  readonly onProcess: (pid: number | undefined) => void;
  readonly signal: AbortSignal;
}

/**
 * The frames of a decoder, read as fast as they are asked for: where nobody asks, the pipe fills and the decoder
 * waits. Ends with the stream or when the signal is aborted; the process is gone by then.
 * @throws ArcFlowError SOURCE_UNAVAILABLE with the decoder's reason, or when no frame came in time.
 */
export async function* decodeFrames(
  command: DecoderCommand,
  { connectWithinMs, stallAfterMs, allocate, onProcess, signal }: DecodeOptions,
): AsyncGenerator<DecodedFrame, void, undefined> {
  const decoder = new DecoderProcess(command);
  const watchdog = new Watchdog(() => void decoder.end());
  const abort = (): void => void decoder.end();
  signal.addEventListener('abort', abort, { once: true });
  onProcess(decoder.pid);
  let frames = 0;
  try {
    // While a frame is with the consumer nobody waits for the decoder, so the watchdog sleeps.
    watchdog.start(connectWithinMs);
    for await (const frame of decoder.frames(allocate)) {
      watchdog.stop();
      frames++;
      yield frame;
      watchdog.start(stallAfterMs);
    }
    await decoder.leave();
  } finally {
    watchdog.stop();
    signal.removeEventListener('abort', abort);
    await decoder.end();
    onProcess(undefined);
  }
  if (signal.aborted) return;
  if (watchdog.limitMs !== undefined) throw unavailable(`no picture for ${watchdog.limitMs / 1000} s`);
  const problem = decoder.problem ?? (frames === 0 ? 'it holds no picture' : undefined);
  if (problem !== undefined) throw unavailable(problem);
}

function unavailable(reason: string): ArcFlowError {
  return new ArcFlowError('SOURCE_UNAVAILABLE', reason);
}

interface Exit {
  readonly code: number | null;
  readonly error?: Error;
}

class DecoderProcess {
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly log: DecoderLog;
  private readonly logEnded: Promise<void>;
  private readonly exited: Promise<Exit>;
  private exit: Exit | undefined;

  constructor({ command, args, stdin, lifeline, secrets }: DecoderCommand) {
    this.log = new DecoderLog(redactor(secrets));
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
    this.exited = new Promise<Exit>((resolve) => {
      this.child.once('error', (error) => resolve({ code: null, error }));
      this.child.once('exit', (code) => resolve({ code }));
    });
    void this.exited.then((exit) => (this.exit = exit));
    const lines = createInterface({ input: this.child.stderr });
    lines.on('line', (line) => this.log.line(line));
    this.logEnded = new Promise((resolve) => lines.once('close', resolve));
    void this.logEnded.then(() => this.log.end());
    // A decoder that dies at once closes the pipe before it read; its exit tells the reason.
    this.child.stdin.on('error', () => undefined);
    this.child.stdin.write(stdin);
    if (!lifeline) this.child.stdin.end();
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Why the process ended, if not as it should. */
  get problem(): string | undefined {
    const { exit } = this;
    if (exit?.error) return `the decoder cannot be started (${exit.error.message})`;
    return exit?.code === 0
      ? undefined
      : (this.log.reason ?? `the decoder ended with code ${exit?.code ?? '?'}`);
  }

  async *frames(allocate: (bytes: number) => Uint8Array): AsyncGenerator<DecodedFrame, void, undefined> {
    const assembler = new FrameAssembler(allocate);
    try {
      for await (const chunk of this.child.stdout as AsyncIterable<Buffer>) {
        for (let rest: Uint8Array = chunk; rest.length > 0;) {
          if (assembler.isBetweenFrames) {
            const info = await this.log.next();
            if (!info) return;
            assembler.begin(info);
          }
          rest = assembler.fill(rest);
          const frame = assembler.finish();
          if (frame) yield frame;
        }
      }
    } catch (error) {
      // end() takes the pipe away from under the loop.
      if (!this.child.stdout.destroyed) throw error;
    }
  }

  /** Lets the process end by itself, as it does after its last frame. */
  async leave(): Promise<void> {
    const patience = new AbortController();
    await Promise.race([
      Promise.all([this.exited, this.logEnded]),
      delay(GRACE_MS, undefined, { signal: patience.signal }).catch(() => undefined),
    ]);
    patience.abort();
  }

  /** Ends the process if it still runs; resolves when it is gone. */
  async end(): Promise<void> {
    if (!this.exit) {
      // Its pipe first: a decoder that waits to write would not hear the signal.
      this.child.stdout.destroy();
      this.child.stdin.destroy();
      this.child.kill('SIGTERM');
      const force = setTimeout(() => this.child.kill('SIGKILL'), GRACE_MS);
      await this.exited;
      clearTimeout(force);
    }
    await this.exited;
    this.child.stderr.destroy();
    this.log.end();
  }
}
