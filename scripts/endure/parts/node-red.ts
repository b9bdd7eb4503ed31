/** A real, headless Node-RED in a process of its own, with the built package, in a user directory made for it. */
import type { ChildProcess } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { layOutUserDirectory, NODE_RED, runningAt, type UserDirectory } from '../../shared/node-red';
import type { Arrival, Command, Report } from '../programs/gate-messages';
import { translatePrograms } from './programs';
import { readingsOf, type Readings } from './resources';
import { kill, type Workplace } from './workplace';

export const DEPLOY_TYPES = ['full', 'flows', 'nodes', 'reload'] as const;
export type DeployType = (typeof DEPLOY_TYPES)[number];

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface NodeRedOptions extends Omit<UserDirectory, 'settings'> {
  readonly onArrival?: (arrival: Arrival) => void;
}

const START_MS = 120_000;
const DEPLOY_MS = 60_000;
/** Node-RED gives each node 15 s to close, all at the same time. */
const STOP_MS = 20_000;
const POLL_MS = 25;
const SETTLE_MS = 15_000;
const LONGEST_LOG = 200_000;
const LAST_LINES = 12;
/** What Node-RED prints of a node that did not close. */
const CLOSE_TIMEOUT = 'Close timed out';
const GATE_PAGE = `<script type="text/javascript">
RED.nodes.registerType('endure-gate', { category: 'function', defaults: { name: { value: '' } }, inputs: 1, outputs: 1 });
</script>
`;

export class NodeRed {
  private output = '';
  private ending: Ended | undefined;
  private readonly settled: (() => void)[] = [];
  readonly gone: Promise<Ended>;
  url = '';
  /** How many nodes did not close within Node-RED's limit. */
  closeTimeouts = 0;

  private constructor(
    private readonly child: ChildProcess,
    onArrival: ((arrival: Arrival) => void) | undefined,
  ) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (part: Buffer) => this.keep(part.toString()));
    child.on('message', (report: Report) => {
      if (report.type === 'arrival') onArrival?.(report);
      else this.settled.shift()?.();
    });
    // A command may be on its way while the process ends.
    child.on('error', (error) => (this.output += `\n${error.message}\n`));
    this.gone = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.ending = { code, signal };
        resolve(this.ending);
      });
    });
  }

  /** Resolves when its flows run. The user directory stays from one start to the next. */
  static async start(workplace: Workplace, options: NodeRedOptions): Promise<NodeRed> {
    const userDir = await prepare(workplace, options);
    const child = workplace.fork(NODE_RED, ['--userDir', userDir], {
      cwd: userDir,
      execArgv: ['--expose-gc'],
    });
    const nodeRed = new NodeRed(child, options.onArrival);
    const deadline = Date.now() + START_MS;
    while (!nodeRed.started()) {
      if (nodeRed.ended !== undefined || Date.now() > deadline) {
        await kill(child);
        throw new Error(`Node-RED did not start:\n${nodeRed.lastLines()}`);
      }
      await sleep(POLL_MS);
    }
    return nodeRed;
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** How it ended; undefined while it runs. */
  get ended(): Ended | undefined {
    return this.ending;
  }

  get log(): string {
    return this.output;
  }

  lastLines(): string {
    return this.output.trimEnd().split('\n').slice(-LAST_LINES).join('\n');
  }

  /** Sends a message out of a gate of the flow. */
  inject(gate: string, message: Readonly<Record<string, unknown>>): void {
    this.command({ type: 'inject', gate, message });
  }

  /**
   * @returns the answer's status; undefined when none came because the process died or in a minute
   */
  async deploy(flows: readonly object[], type: DeployType): Promise<number | undefined> {
    const answer = fetch(`${this.url}/flows`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Node-RED-Deployment-Type': type },
      body: JSON.stringify(flows),
      signal: AbortSignal.timeout(DEPLOY_MS),
    });
    return answer.then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => undefined,
    );
  }

  /** What it holds after it gave back what it can; null where that is not to be had. */
  async readings(): Promise<Readings | null> {
    const settled = new Promise<void>((resolve) => this.settled.push(resolve));
    this.command({ type: 'settle' });
    await Promise.race([settled, this.gone, sleep(SETTLE_MS, undefined, { ref: false })]);
    return this.ending === undefined ? readingsOf(this.pid) : null;
  }

  /** Asks it to end, and kills it when it does not within Node-RED's own limit. */
  async stop(): Promise<Ended & { readonly killed: boolean; readonly ms: number }> {
    const began = performance.now();
    this.child.kill('SIGTERM');
    const inTime = await Promise.race([this.gone, sleep(STOP_MS, undefined, { ref: false })]);
    if (!inTime) await kill(this.child);
    return { ...(await this.gone), killed: !inTime, ms: Math.round(performance.now() - began) };
  }

  async kill(): Promise<void> {
    await kill(this.child);
  }

  private keep(text: string): void {
    this.closeTimeouts += text.split(CLOSE_TIMEOUT).length - 1;
    this.output = (this.output + text).slice(-LONGEST_LOG);
  }

  private command(command: Command): void {
    if (this.child.connected) this.child.send(command);
  }

  private started(): boolean {
    this.url = runningAt(this.output) ?? '';
    return this.url !== '';
  }
}

/** The user directory, with the gate as a node of its own. */
async function prepare(workplace: Workplace, options: NodeRedOptions): Promise<string> {
  const userDir = await workplace.makeFolder('node-red');
  const programs = await workplace.makeFolder('programs');
  await translatePrograms(programs);
  await layOutUserDirectory(userDir, options);
  await mkdir(join(userDir, 'nodes'), { recursive: true });
  await copyFile(join(programs, 'gate.js'), join(userDir, 'nodes', 'gate.js'));
  await writeFile(join(userDir, 'nodes', 'gate.html'), GATE_PAGE);
  return userDir;
}
