/** Random moments at which something is done to a flow: while it starts, some time later, or while a clip plays. */
import { setTimeout as sleep } from 'node:timers/promises';
import { integerBetween, type Random } from '../../shared/random';

export interface Moment {
  readonly kind: 'starting' | 'any' | 'playing';
  /** Milliseconds from the start, or from the first frame for `playing`. */
  readonly waitMs: number;
}

/** Models load in this time. */
const STARTING_MS = 400;
const ANY_MS = 2500;
const PLAYING_MS = 600;
/** Until there has to be a frame. */
const FRAME_MS = 20_000;
const POLL_MS = 20;

export function momentOf(random: Random): Moment {
  const choice = random();
  if (choice < 0.25) return { kind: 'starting', waitMs: integerBetween(random, 0, STARTING_MS) };
  if (choice < 0.5) return { kind: 'any', waitMs: integerBetween(random, 0, ANY_MS) };
  return { kind: 'playing', waitMs: integerBetween(random, 0, PLAYING_MS) };
}

/** Waits for the moment; `frames` counts those that came through the flow. */
export async function waitFor({ kind, waitMs }: Moment, frames: () => number): Promise<void> {
  const seen = frames();
  const deadline = Date.now() + FRAME_MS;
  while (kind === 'playing' && frames() === seen && Date.now() < deadline) await sleep(POLL_MS);
  await sleep(waitMs);
}
