/**
 * One gallery for each directory in a process, however many nodes use it: all see a change at once, and the samples
 * are in memory once. It is closed with its last handle.
 */
import { realpath } from 'node:fs/promises';
import { Gallery } from './gallery';

export interface GalleryHandle {
  readonly gallery: Gallery;
  /** Gives the handle back; the gallery closes with the last one. May be called again without effect. */
  close(): Promise<void>;
}

interface Shared {
  /** Free of symbolic links. */
  readonly path: string;
  readonly gallery: Gallery;
  handles: number;
}

/** By path. */
const shared = new Map<string, Shared>();
/** Opening and closing happen one after the other, so that a redeploy opens what has been closed before. */
let turn: Promise<unknown> = Promise.resolve();

function inTurn<T>(action: () => Promise<T>): Promise<T> {
  const result = turn.then(action);
  turn = result.catch(() => undefined);
  return result;
}

async function acquire(directory: string): Promise<Shared> {
  const path = await realpath(directory).catch(() => undefined); // missing, or not for us: opening it tells
  const known = path === undefined ? undefined : shared.get(path);
  if (known) {
    known.handles++;
    return known;
  }
  const gallery = await Gallery.open(directory);
  const opened = { path: await realpath(directory), gallery, handles: 1 };
  shared.set(opened.path, opened);
  return opened;
}

async function release(used: Shared): Promise<void> {
  if (--used.handles > 0) return;
  shared.delete(used.path);
  await used.gallery.close();
}

/**
 * The gallery in a directory, which is made when it is missing.
 * @throws ArcFlowError STORE_UNAVAILABLE that names the directory and the reason.
 */
export async function openGallery(directory: string): Promise<GalleryHandle> {
  const used = await inTurn(() => acquire(directory));
  let released: Promise<void> | undefined;
  return {
    gallery: used.gallery,
    close: () => (released ??= inTurn(() => release(used))),
  };
}
