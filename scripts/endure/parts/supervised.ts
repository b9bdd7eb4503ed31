/** A Node-RED that is started anew when it dies, with a record of how it died; and counts of what came out of its flow. */
import type { Arrival } from '../programs/gate-messages';
import { GATES } from './flow';
import { NodeRed, type DeployType, type NodeRedOptions } from './node-red';
import type { Readings } from './resources';
import type { Workplace } from './workplace';

const WARM_FRAMES = 40;

export interface Crash {
  /** What was being done to it. */
  readonly during: string;
  /** Exit code or signal. */
  readonly how: string;
  /** What it printed last. */
  readonly lastLines: string;
}

export class Supervised {
  readonly crashes: Crash[] = [];
  /** Deploys that Node-RED refused or did not answer, and nodes that did not close in time. */
  readonly faults: string[] = [];
  /** Messages at each gate since the start of the trial. */
  readonly arrivals = new Map<string, number>();
  /** Readings since the last start: those of a process that died compare with nothing. */
  private held: Readings[] = [];
  private longest: readonly Readings[] = [];
  private lateNodes = 0;
  private framesAtStart = 0;
  private nodeRed: NodeRed | undefined;

  /** @param options the flows are those that a start begins with */
  constructor(
    private readonly workplace: Workplace,
    private readonly options: NodeRedOptions,
  ) {}

  /** The running process, a new one where there is none. */
  async running(): Promise<NodeRed> {
    if (this.nodeRed && this.nodeRed.ended === undefined) return this.nodeRed;
    this.held = [];
    this.lateNodes = 0;
    this.framesAtStart = this.countOf(GATES.frames);
    this.nodeRed = await NodeRed.start(this.workplace, {
      ...this.options,
      onArrival: (arrival) => this.count(arrival),
    });
    return this.nodeRed;
  }

  countOf(gate: string): number {
    return this.arrivals.get(gate) ?? 0;
  }

  /** Counts a death, when there was one. @returns whether it died */
  noteDeath(during: string): boolean {
    const ended = this.nodeRed?.ended;
    if (!this.nodeRed || !ended) return false;
    this.crashes.push({
      during,
      how: ended.signal ?? `exit code ${String(ended.code)}`,
      lastLines: this.nodeRed.lastLines(),
    });
    this.nodeRed = undefined;
    return true;
  }

  /** @returns milliseconds; undefined when it died or gave no good answer, which is noted */
  async deploy(flows: readonly object[], type: DeployType, during: string): Promise<number | undefined> {
    const nodeRed = await this.running();
    const began = performance.now();
    const status = await nodeRed.deploy(flows, type);
    const ms = Math.round(performance.now() - began);
    if (nodeRed.closeTimeouts > this.lateNodes) {
      this.lateNodes = nodeRed.closeTimeouts;
      this.faults.push(`A node did not close within Node-RED's limit: ${during}`);
    }
    if (status !== undefined && status < 300) return ms;
    // A process that dies is seen to be dead a moment after its connections.
    await Promise.race([nodeRed.gone, new Promise((resolve) => setTimeout(resolve, 500))]);
    if (nodeRed.ended === undefined) {
      this.faults.push(`Node-RED answered ${status ?? 'nothing'}: ${during}`);
      if (status === undefined) await this.abandon();
    }
    return undefined;
  }

  /** Whether it has played long enough for libraries to have their threads and caches. */
  get warm(): boolean {
    return this.countOf(GATES.frames) - this.framesAtStart >= WARM_FRAMES;
  }

  /** Notes what the process holds now. It has to be in the same state each time, and warm. */
  async takeReadings(): Promise<void> {
    const readings = await (await this.running()).readings();
    if (!readings) return;
    this.held.push(readings);
    if (this.held.length >= this.longest.length) this.longest = this.held;
  }

  /** Of the process that lived through most of them. */
  get readings(): readonly Readings[] {
    return this.longest;
  }

  /** Asks it to end. @returns whether it ended well; undefined where none was running */
  async stop(during: string): Promise<boolean | undefined> {
    const { nodeRed } = this;
    if (!nodeRed || nodeRed.ended !== undefined) return undefined;
    const { code, signal, killed } = await nodeRed.stop();
    if (code !== 0) {
      if (killed) this.faults.push(`Node-RED did not end within its limit: ${during}`);
      else
        this.crashes.push({
          during,
          how: signal ?? `exit code ${String(code)}`,
          lastLines: nodeRed.lastLines(),
        });
    }
    this.nodeRed = undefined;
    return code === 0;
  }

  /** Kills one that answers no more. */
  async abandon(): Promise<void> {
    await this.nodeRed?.kill();
    this.nodeRed = undefined;
  }

  private count(arrival: Arrival): void {
    this.arrivals.set(arrival.gate, this.countOf(arrival.gate) + 1);
    this.options.onArrival?.(arrival);
  }
}

/** How often each way of dying came. */
export function waysOf(crashes: readonly Crash[]): Record<string, number> {
  const ways: Record<string, number> = {};
  for (const { how } of crashes) ways[how] = (ways[how] ?? 0) + 1;
  return ways;
}

export function describeCrash({ during, how, lastLines }: Crash): string {
  return `Node-RED died (${how}): ${during}\n${lastLines}`;
}
