/** Processes that must not outlive this one: an orderly exit ends them, whoever forgot to. */

const pids = new Set<number>();

export function guardProcess(pid: number): void {
  if (pids.size === 0) process.on('exit', killAll);
  pids.add(pid);
}

export function releaseProcess(pid: number): void {
  pids.delete(pid);
  if (pids.size === 0) process.off('exit', killAll);
}

export function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was gone already.
  }
}

function killAll(): void {
  for (const pid of pids) killProcess(pid);
}
