/**
 * A temporary folder that holds all that a trial writes, and the processes that it starts: both are gone when the trial
 * ends, however it ends.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** 128 and the signal's number, as shells do. */
const INTERRUPTED = 130;
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export class Workplace {
  private readonly children = new Set<ChildProcess>();
  private readonly onExit = (): void => this.abandon();
  private readonly onSignal = (): never => process.exit(INTERRUPTED);

  private constructor(readonly folder: string) {
    process.once('exit', this.onExit);
    for (const signal of STOP_SIGNALS) process.once(signal, this.onSignal);
  }

  static open(): Workplace {
    return new Workplace(mkdtempSync(join(tmpdir(), 'arcflow-endure-')));
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  async makeFolder(...names: string[]): Promise<string> {
    const path = this.path(...names);
    await mkdir(path, { recursive: true });
    return path;
  }

  /** Starts a program of Node.js that talks with this process; its home and its temporary files lie in the folder. */
  fork(
    program: string,
    args: readonly string[],
    options: { readonly cwd?: string; readonly execArgv?: readonly string[] } = {},
  ): ChildProcess {
    const child = fork(program, [...args], {
      cwd: options.cwd ?? this.folder,
      execArgv: [...(options.execArgv ?? [])],
      // Typed arrays, NaN and undefined arrive as they are.
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, HOME: this.folder, USERPROFILE: this.folder, TMPDIR: this.folder },
    });
    this.children.add(child);
    child.once('exit', () => this.children.delete(child));
    return child;
  }

  /** Ends what still runs and removes the folder. */
  async close(): Promise<void> {
    process.off('exit', this.onExit);
    for (const signal of STOP_SIGNALS) process.off(signal, this.onSignal);
    await Promise.all([...this.children].map(kill));
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** What can be done while this process ends. */
  private abandon(): void {
    for (const child of this.children) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Resolves when the process is gone. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
