/** Runs the demo as its users do. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { PROJECT } from '../support/images';

export interface DemoRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export function startDemo(...options: string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, ['--require', 'ts-node/register', 'scripts/demo.ts', ...options], {
    cwd: PROJECT,
  });
}

export function demo(...options: string[]): Promise<DemoRun> {
  return new Promise((resolve) => {
    const child = startDemo(...options);
    let out = '';
    let err = '';
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    child.stderr.on('data', (part: Buffer) => (err += part.toString()));
    child.on('close', (code) => resolve({ code, out, err }));
  });
}
