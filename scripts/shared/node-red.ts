/** What every real Node-RED of scripts and tests is started from: a user directory that holds this package. */
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PROJECT } from './project';

/** The program. */
export const NODE_RED = createRequire(__filename).resolve('node-red/red.js');

const PACKAGE = join('node_modules', '@arcflow', 'node-red-arcflow');
/** What it prints when it listens, and when its flows run. */
const LISTENING = /Server now running at (https?:\/\/[\d.]+:\d+)/;
const FLOWS_RUN = 'Started flows';

export interface UserDirectory {
  readonly flows: readonly object[];
  /** Of its nodes, by the node's id. */
  readonly credentials?: object | undefined;
  /** More settings, as JSON can hold them. */
  readonly settings?: object | undefined;
}

/**
 * Writes a user directory: on any free port of the loopback interface, without telemetry, tours or the list of all
 * published nodes; without authentication unless the settings say otherwise.
 */
export async function layOutUserDirectory(
  folder: string,
  { flows, credentials = {}, settings = {} }: UserDirectory,
): Promise<void> {
  await linkPackage(folder);
  await writeFile(join(folder, 'flows.json'), JSON.stringify(flows));
  await writeFile(join(folder, 'flows_cred.json'), JSON.stringify(credentials));
  const all = {
    uiHost: '127.0.0.1',
    uiPort: 0,
    flowFile: 'flows.json',
    credentialSecret: false,
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false, palette: { catalogues: [] } },
    ...settings,
  };
  await writeFile(join(folder, 'settings.js'), `module.exports = ${JSON.stringify(all)};`);
}

/** Node-RED finds nodes in node_modules of its user directory: a link there shows it this project. */
export async function linkPackage(folder: string): Promise<void> {
  const link = join(folder, PACKAGE);
  await mkdir(dirname(link), { recursive: true });
  await rm(link, { recursive: true, force: true });
  await symlink(PROJECT, link, 'junction');
}

/**
 * Its address, without a slash at the end.
 * @param log all that it has printed
 * @returns undefined until its flows run
 */
export function runningAt(log: string): string | undefined {
  return log.includes(FLOWS_RUN) ? LISTENING.exec(log)?.[1] : undefined;
}
