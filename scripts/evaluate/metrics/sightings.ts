/** Who was seen in which seconds of a clip, from what was recognised in each frame. */

export interface Recognised {
  /** Seconds from the start of the clip. */
  readonly time: number;
  /** null for a stranger. */
  readonly person: string | null;
  /** Cosine similarity of the best reference. */
  readonly similarity: number;
}

export interface SeenSecond {
  readonly second: number;
  readonly frames: number;
  readonly best: number;
}

export interface Sighting {
  readonly person: string;
  /** Whole seconds in which the person was recognised in at least one frame. */
  readonly seconds: readonly number[];
  readonly frames: number;
  readonly best: number;
  readonly bySecond: readonly SeenSecond[];
}

/** One entry for each of `people`, in that order, also for who was never seen. */
export function sightings(people: readonly string[], recognised: readonly Recognised[]): Sighting[] {
  return people.map((person) => {
    // Two faces of one frame may be taken for the same person: the frame counts once.
    const frames = new Map<number, number>();
    for (const face of recognised) {
      if (face.person !== person) continue;
      frames.set(face.time, Math.max(face.similarity, frames.get(face.time) ?? face.similarity));
    }
    const bySecond = new Map<number, SeenSecond>();
    for (const [time, similarity] of frames) {
      const second = Math.floor(time);
      const known = bySecond.get(second) ?? { second, frames: 0, best: similarity };
      bySecond.set(second, { second, frames: known.frames + 1, best: Math.max(known.best, similarity) });
    }
    const ordered = [...bySecond.values()].sort((a, b) => a.second - b.second);
    return {
      person,
      seconds: ordered.map(({ second }) => second),
      frames: frames.size,
      best: Math.max(-1, ...ordered.map(({ best }) => best)),
      bySecond: ordered,
    };
  });
}

/** 0, 1, 2, 5 → "0–2, 5" */
export function describeRuns(seconds: readonly number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const second of seconds) {
    const run = runs.at(-1);
    if (run?.last === second - 1) run.last = second;
    else runs.push({ first: second, last: second });
  }
  return runs.map(({ first, last }) => (first === last ? String(first) : `${first}–${last}`)).join(', ');
}
