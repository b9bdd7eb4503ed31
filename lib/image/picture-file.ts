/** One picture file, read whole, or a sentence that names it and says why not. */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { ArcFlowError, messageOf } from '../core/errors';
import { LARGEST_FILE_BYTES } from './limits';

/** A pipe would not open before somebody writes to it. Windows has no such pipes. */
const FLAGS = process.platform === 'win32' ? constants.O_RDONLY : constants.O_RDONLY | constants.O_NONBLOCK;

/** @throws ArcFlowError IMAGE_UNREADABLE or, before anything is read, IMAGE_TOO_LARGE */
export function readPictureFile(path: string): Promise<Buffer> {
  return withFile(path, async (file, size) => {
    const bytes = Buffer.allocUnsafeSlow(size);
    let filled = 0;
    while (filled < size) {
      const { bytesRead } = await file.read(bytes, filled, size - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  });
}

/**
 * Looks at a file without reading it.
 * @throws ArcFlowError IMAGE_UNREADABLE or IMAGE_TOO_LARGE
 */
export function checkPictureFile(path: string): Promise<void> {
  return withFile(path, () => Promise.resolve());
}

async function withFile<T>(path: string, use: (file: FileHandle, size: number) => Promise<T>): Promise<T> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, FLAGS);
    const info = await file.stat();
    if (!info.isFile()) throw unreadable(path, 'it is no file');
    if (info.size === 0) throw unreadable(path, 'it is empty');
    if (info.size > LARGEST_FILE_BYTES) throw tooLarge(path, info.size);
    return await use(file, info.size);
  } catch (error) {
    throw error instanceof ArcFlowError ? error : unreadable(path, messageOf(error), error);
  } finally {
    await file?.close();
  }
}

function unreadable(path: string, reason: string, cause?: unknown): ArcFlowError {
  const message = `The image ${path} cannot be read: ${reason}`;
  return new ArcFlowError('IMAGE_UNREADABLE', message, 'unreadable image', { cause });
}

function tooLarge(path: string, size: number): ArcFlowError {
  return new ArcFlowError(
    'IMAGE_TOO_LARGE',
    `The image ${path} has ${size} bytes; at most ${LARGEST_FILE_BYTES} are read`,
    'image too large',
  );
}
