/** Runs the demo as its users do. */
import { spawn } from 'node:child_process';
import { PROJECT } from '../support/images';

export interface DemoRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export function demo(...options: string[]): Promise<DemoRun> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--require', 'ts-node/register', 'scripts/demo.ts', ...options], {
      cwd: PROJECT,
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    child.stderr.on('data', (part: Buffer) => (err += part.toString()));
    child.on('close', (code) => resolve({ code, out, err }));
  });
}
