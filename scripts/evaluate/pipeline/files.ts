/** The files that a user names on the command line: a missing one is named in the error. */
import { readFile, stat } from 'node:fs/promises';
import { ArcFlowError, messageOf } from '../../../lib/core/errors';

/** @throws ArcFlowError INVALID_ARGUMENT naming the file and the option that gave it. */
export async function readText(path: string, option: string): Promise<string> {
  return (await readBytes(path, option)).toString('utf8');
}

/** @throws ArcFlowError INVALID_ARGUMENT naming the file and the option that gave it. */
export async function readBytes(path: string, option: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw missing('file', path, option, error);
  }
}

/** @throws ArcFlowError INVALID_ARGUMENT naming the folder and the option that gave it. */
export async function requireFolder(path: string, option: string): Promise<string> {
  try {
    if ((await stat(path)).isDirectory()) return path;
  } catch (error) {
    throw missing('folder', path, option, error);
  }
  throw missing('folder', path, option, new Error('it is no folder'));
}

export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

const REASONS = new Map<unknown, string>([
  ['ENOENT', 'it does not exist'],
  ['EISDIR', 'it is a folder'],
]);

function missing(kind: string, path: string, option: string, error: unknown): ArcFlowError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const reason = REASONS.get(code) ?? messageOf(error);
  return new ArcFlowError(
    'INVALID_ARGUMENT',
    `The ${kind} ${path} (${option}) cannot be read: ${reason}`,
    undefined,
    {
      cause: error,
    },
  );
}
