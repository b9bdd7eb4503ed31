/** What the figures were measured on. */
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { existsSync, readFileSync } from 'node:fs';
import { packageRoot } from '../lib/core/package-root';
import { rounded } from './statistics';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly platform: string;
  readonly node: string;
  readonly onnxruntime: string;
  /** Threads of one network. */
  readonly threads: number;
  /** Processes that wanted a core when the bench started, over the last minute: above 0, figures are too high. */
  readonly load: number;
  readonly commit: string | null;
}

/** As many as the engine takes by itself. */
export const THREADS = Math.min(4, availableParallelism());

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    onnxruntime: versionOf('onnxruntime-node'),
    threads: THREADS,
    load: rounded(loadavg()[0]!),
    commit: commit(),
  };
}

function versionOf(name: string): string {
  const file = join(packageRoot(), 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function commit(): string | null {
  if (!existsSync(join(packageRoot(), '.git'))) return null;
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: packageRoot(),
    encoding: 'utf8',
  }).trim();
}
