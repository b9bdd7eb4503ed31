/** A real Node-RED in a process of its own, with this package installed in a user directory made for it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from './node-folder';

/** On a machine that is busy with other things. */
const START_MS = 240_000;
const POLL_MS = 100;
const PACKAGE = '@arcflow/node-red-arcflow';

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
 * Starts Node-RED on a free port of the loopback interface, without telemetry or tours; without authentication unless
 * the settings say otherwise.
 * @param flows what its flow file holds
 * @param credentials of its nodes, by the node's id
 */
export async function startNodeRed(
  flows: readonly object[],
  credentials: object = {},
  { env = process.env, wrapper = [], settings: more = {}, userDir: kept }: Surroundings = {},
): Promise<NodeRed> {
  const userDir = kept ?? (await mkdtemp(join(tmpdir(), 'arcflow-')));
  const port = await freePort();
  await mkdir(join(userDir, 'node_modules', '@arcflow'), { recursive: true });
  const link = join(userDir, 'node_modules', PACKAGE);
  if (!existsSync(link)) await symlink(ROOT, link, 'junction');
  await writeFile(join(userDir, 'flows.json'), JSON.stringify(flows));
  await writeFile(join(userDir, 'flows_cred.json'), JSON.stringify(credentials));
  const settings = {
    uiHost: '127.0.0.1',
    uiPort: port,
    flowFile: 'flows.json',
    credentialSecret: false,
    telemetry: { enabled: false, updateNotification: false },
    // The list of all published nodes lies on the internet.
    editorTheme: { tours: false, palette: { catalogues: [] } },
    ...more,
  };
  await writeFile(join(userDir, 'settings.js'), `module.exports = ${JSON.stringify(settings)};`);

  const main = createRequire(__filename).resolve('node-red/red.js');
  const [command, ...args] = [...wrapper, process.execPath, main, '--userDir', userDir];
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => (output += part.toString()));
  const url = `http://127.0.0.1:${port}`;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    await ended(child, signal);
    if (kept === undefined) await rm(userDir, { recursive: true, force: true });
  };
  const stop = (): Promise<void> => end('SIGTERM');
  try {
    await untilStarted(child, url, () => output);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, log: () => output, stop, kill: () => end('SIGKILL'), pid: child.pid! };
}

async function untilStarted(child: ChildProcess, url: string, output: () => string): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (child.exitCode === null && Date.now() < deadline) {
    if (output().includes('Started flows') && (await answers(`${url}/settings`))) return;
    await sleep(POLL_MS);
  }
  throw new Error(`Node-RED did not start:\n${output()}`);
}

/** With authentication it answers that it asks for a password. */
async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok, status }) => ok || status === 401,
    () => false,
  );
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
