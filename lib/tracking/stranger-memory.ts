/** Strangers by their faces, so that one who comes back is the same stranger; forgotten after a time. */
import { Appearance, type Embedded, similarity } from './appearance';
import type { TrackingOptions } from './options';

export type MemoryOptions = Pick<TrackingOptions, 'sameStranger' | 'rememberStrangers' | 'maxStrangers'>;

interface Stranger {
  readonly appearance: Appearance;
  lastTime: number;
}

export class StrangerMemory {
  /** In the order of the last sighting: the first is the first to go. */
  private readonly strangers = new Map<string, Stranger>();
  private count = 0;

  constructor(private readonly options: MemoryOptions) {}

  get size(): number {
    return this.strangers.size;
  }

  /** The id of the remembered stranger who looks like this, or a new one; without an embedding always a new one. */
  identify(face: Embedded, at: number): string {
    this.expire(at);
    let best = this.options.sameStranger;
    let found: string | undefined;
    for (const [id, { appearance }] of this.strangers) {
      const likeness = similarity(appearance, face);
      if (likeness !== undefined && likeness >= best) {
        best = likeness;
        found = id;
      }
    }
    return found ?? `stranger-${++this.count}`;
  }

  /** Notes a sighting; its embedding, where it has one, refines the memory. */
  see(id: string, face: Embedded, at: number): void {
    const stranger = this.strangers.get(id) ?? { appearance: new Appearance(), lastTime: at };
    stranger.appearance.add(face, 1);
    stranger.lastTime = Math.max(at, stranger.lastTime);
    this.strangers.delete(id);
    this.strangers.set(id, stranger);
    if (this.strangers.size > this.options.maxStrangers) {
      const [oldest] = this.strangers.keys();
      this.strangers.delete(oldest!);
    }
  }

  /** Remembers whom another memory remembers, as far as there is room. */
  inherit(other: StrangerMemory): void {
    this.count = Math.max(this.count, other.count);
    for (const [id, stranger] of [...other.strangers].slice(-this.options.maxStrangers))
      this.strangers.set(id, stranger);
  }

  /** Gives no newcomer an id that is in use already. */
  reserve(id: string): void {
    const [, number = '0'] = /^stranger-(\d+)$/.exec(id) ?? [];
    this.count = Math.max(this.count, Number(number));
  }

  /** Forgets whom nobody has seen for long enough. */
  expire(now: number): void {
    for (const [id, { lastTime }] of this.strangers)
      if (now - lastTime > this.options.rememberStrangers) this.strangers.delete(id);
  }

  /** Forgets everybody; numbers are not given anew. */
  clear(): void {
    this.strangers.clear();
  }
}
