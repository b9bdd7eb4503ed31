/** A real Node-RED in a process of its own, with this package installed in a user directory made for it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { layOutUserDirectory, NODE_RED, runningAt } from '../../scripts/shared/node-red';

/** On a machine that is busy with other things. */
const START_MS = 240_000;
const POLL_MS = 100;

export interface NodeRed {
  /** Of the editor, without a slash at the end. */
  readonly url: string;
  /** What it has printed. */
  log(): string;
  stop(): Promise<void>;
  /** As the system does when memory runs out: without a chance to clean up. */
  kill(): Promise<void>;
  /** Of its process. */
  readonly pid: number;
}

export interface Surroundings {
  /** Instead of this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** A command that starts Node-RED as its own arguments. */
  readonly wrapper?: readonly string[];
  /** More settings, as JSON can hold them. */
  readonly settings?: object;
  /** A user directory that outlives this Node-RED, for a start after it; made here unless given. */
  readonly userDir?: string;
}

/**
 * Starts Node-RED as layOutUserDirectory has it.
 * @param flows what its flow file holds
 * @param credentials of its nodes, by the node's id
 */
export async function startNodeRed(
  flows: readonly object[],
  credentials: object = {},
  { env = process.env, wrapper = [], settings, userDir: kept }: Surroundings = {},
): Promise<NodeRed> {
  const userDir = kept ?? (await mkdtemp(join(tmpdir(), 'arcflow-')));
  await layOutUserDirectory(userDir, { flows, credentials, settings });
  const [command, ...args] = [...wrapper, process.execPath, NODE_RED, '--userDir', userDir];
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => (output += part.toString()));
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    await ended(child, signal);
    if (kept === undefined) await rm(userDir, { recursive: true, force: true });
  };
  const stop = (): Promise<void> => end('SIGTERM');
  const url = await untilStarted(child, () => output);
  if (url === undefined) {
    await stop();
    throw new Error(`Node-RED did not start:\n${output}`);
  }
  return { url, log: () => output, stop, kill: () => end('SIGKILL'), pid: child.pid! };
}

/** @returns its address; undefined when it ended before its flows ran, or takes too long */
async function untilStarted(child: ChildProcess, output: () => string): Promise<string | undefined> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const url = runningAt(output());
    if (url !== undefined || child.exitCode !== null || Date.now() >= deadline) return url;
    await sleep(POLL_MS);
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await exit;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
