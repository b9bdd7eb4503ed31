/** What a process holds, as Linux tells it; elsewhere nobody does. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Readings {
  /** Open files, sockets and pipes. */
  readonly descriptors: number;
  readonly threads: number;
  /** Resident memory, MiB. */
  readonly rssMb: number;
}

const KIB_PER_MIB = 1024;

/** @returns null where there is no /proc, or no such process */
export function readingsOf(pid: number): Readings | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return {
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      threads: fieldOf(status, 'Threads'),
      rssMb: Math.round(fieldOf(status, 'VmRSS') / KIB_PER_MIB),
    };
  } catch {
    return null;
  }
}

function fieldOf(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)?.[1]);
}

/** Processes that a process has started and that still run; none where there is no /proc. */
export function childrenOf(pid: number): number[] {
  return numericNames('/proc').filter((child) => parentOf(child) === pid);
}

export function isRunning(pid: number): boolean {
  return parentOf(pid) !== undefined;
}

function numericNames(folder: string): number[] {
  try {
    return readdirSync(folder)
      .map(Number)
      .filter((name) => Number.isInteger(name));
  } catch {
    return [];
  }
}

/** undefined for a process that is gone, or has ended and waits for its parent to notice. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}
