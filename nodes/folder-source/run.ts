/** One pass through a folder: every image that can be read is sent, every one that cannot is reported. */
import type { NodeMessage } from 'node-red';
import { ArcFlowError } from '../../lib/core/errors';
import { placeOf, readFolder, type FolderImages, type LeftOut } from '../../lib/image/folder';
import { readPictureFile } from '../../lib/image/picture-file';
import type { FolderConfig } from './config';

export interface Course {
  /** Ends the pass after the image that the flow has. */
  readonly signal: AbortSignal;
  /** Properties that every message gets, but the payload. */
  readonly inherited: NodeMessage;
  /** Id of the images' group, in msg.parts. */
  readonly group: string;
  /** Resolves when the flow has finished with the message. */
  readonly send: (photo: NodeMessage) => Promise<void>;
  /** Hears which of how many images is next, from 1. */
  readonly progress: (at: number, all: number) => void;
  /** Hears of what cannot be read, with a message that has the path but no picture. */
  readonly fail: (error: ArcFlowError, photo: NodeMessage) => void;
}

export interface Outcome {
  /** How many were sent. */
  readonly files: number;
  /** How many there were to send. */
  readonly all: number;
  readonly skipped: LeftOut;
  readonly stopped: boolean;
}

/** @throws ArcFlowError INVALID_ARGUMENT when the folder cannot be read or holds nothing to send */
export async function sendFolder(folder: string, config: FolderConfig, course: Course): Promise<Outcome> {
  const { signal } = course;
  const found = await readFolder(folder, { ...config, signal }).catch((error: unknown) => {
    if (signal.aborted) return undefined;
    throw error;
  });
  if (!found) return { files: 0, all: 0, skipped: nothing(), stopped: true };
  for (const { path, error } of found.problems) course.fail(error, named(course, path));
  if (found.images.length === 0) throw nothingToSend(folder, found);
  return sendAll(found, config, course);
}

async function sendAll(
  { images, leftOut }: FolderImages,
  { persons }: FolderConfig,
  course: Course,
): Promise<Outcome> {
  const skipped = { ...leftOut };
  const stopped = (): boolean => course.signal.aborted;
  const outcome = (files: number, stopped: boolean): Outcome => ({
    files,
    all: images.length,
    skipped,
    stopped,
  });
  let files = 0;
  for (const [index, { path, person }] of images.entries()) {
    if (stopped()) return outcome(files, true);
    course.progress(index + 1, images.length);
    const photo = { ...named(course, path), ...(persons && { person }) };
    const payload = await readPictureFile(path).catch((error: unknown) => error as ArcFlowError);
    if (stopped()) return outcome(files, true);
    if (payload instanceof ArcFlowError) {
      skipped[placeOf(payload)]++;
      course.fail(payload, photo);
      continue;
    }
    const parts = { id: course.group, index: files, count: images.length };
    // One that is gone since they were counted: join takes the group for whole all the same.
    const complete = index === images.length - 1 && files + 1 < images.length;
    await course.send({ ...photo, payload, parts, ...(complete && { complete }) });
    files++;
  }
  return outcome(files, false);
}

function named({ inherited }: Course, path: string): NodeMessage {
  return { ...inherited, filename: path, topic: path };
}

function nothing(): LeftOut {
  return { hidden: 0, links: 0, outside: 0, unsupported: 0, unreadable: 0, tooLarge: 0 };
}

function nothingToSend(folder: string, { leftOut }: FolderImages): ArcFlowError {
  if (leftOut.outside > 0) {
    return new ArcFlowError(
      'INVALID_ARGUMENT',
      `Expected one folder for each person in ${folder} but the images lie in it directly`,
      'no person folders',
    );
  }
  const counts = Object.entries(leftOut).filter(([, count]) => count > 0);
  const reasons = counts.map(([reason, count]) => `${count} ${reason}`).join(', ');
  return new ArcFlowError(
    'INVALID_ARGUMENT',
    `The folder ${folder} holds no images${reasons === '' ? '' : ` to send; left out: ${reasons}`}`,
    'empty folder',
  );
}
