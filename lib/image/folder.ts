/** The images, or other files, below a folder, in the order in which a person would count them. */
import { extname, relative, sep } from 'node:path';
import { ArcFlowError, messageOf } from '../core/errors';
import { readTree, type Tree, type TreeOptions } from './folder-tree';
import { checkPictureFile } from './picture-file';

/** Formats that decodeImage reads, by extension. */
export const IMAGE_EXTENSIONS: ReadonlySet<string> = new Set([
  '.jpg',
  '.jpeg',
  '.png',
  '.webp',
  '.gif',
  '.avif',
  '.tif',
  '.tiff',
]);

/** Files that are looked at together: enough for a network drive, few enough for the system. */
const CHECKED_AT_ONCE = 32;

export interface ImageFile {
  readonly path: string;
  /** Name of the first folder below the one that was read: the person, in a folder with one for each person. */
  readonly person?: string;
}

/** What of a folder was left out, in files, and for `hidden` also in folders that were not looked into. */
export interface LeftOut {
  /** Hidden and system files and folders. */
  hidden: number;
  /** Links that lead nowhere, in a circle, or to what is there already. */
  links: number;
  /** Images that lie in no sub-folder, where each person has one. */
  outside: number;
  /** Files of other kinds: HEIC, raw, video, text; pipes and devices. */
  unsupported: number;
  /** Files and folders that cannot be read, and empty files. */
  unreadable: number;
  /** Files above LARGEST_FILE_BYTES. */
  tooLarge: number;
}

export interface FolderOptions {
  /** Only images in sub-folders, of which there is one for each person. */
  readonly persons?: boolean;
  /** Names of sub-folders that are not looked into, at any depth. */
  readonly skip?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface FolderProblem {
  readonly path: string;
  readonly error: ArcFlowError;
}

export interface FolderImages {
  readonly images: readonly ImageFile[];
  readonly leftOut: LeftOut;
  /** One for each file and folder that is unreadable or too large. */
  readonly problems: readonly FolderProblem[];
}

const byName = new Intl.Collator(undefined, { numeric: true }).compare;

/**
 * The images below a folder that can be read, and what was left out.
 * @throws ArcFlowError INVALID_ARGUMENT when the folder is missing or no folder; the signal's reason
 */
export async function readFolder(
  folder: string,
  { persons = false, skip = [], signal }: FolderOptions = {},
): Promise<FolderImages> {
  const skipped = new Set(skip.map((name) => name.normalize('NFC')));
  const tree = await openTree(folder, {
    wanted: (path) => isImage(path) && !(persons && personOf(folder, path) === undefined),
    enters: (name) => !skipped.has(name.normalize('NFC')),
    ...(signal && { signal }),
  });
  const closed = tree.closed.map(({ path, error }) => ({ path, error: closedError(path, error) }));
  const failed = await checkAll(tree.files, signal);
  const images = tree.files.filter((path) => !failed.has(path));
  const outside = tree.others.filter(isImage).length;
  const leftOut = {
    hidden: tree.hidden,
    links: tree.links,
    outside,
    unsupported: tree.others.length - outside + tree.special,
    unreadable: closed.length,
    tooLarge: 0,
  };
  for (const error of failed.values()) leftOut[placeOf(error)]++;
  const problems = [...closed, ...Array.from(failed, ([path, error]) => ({ path, error }))];
  return { images: images.sort(byName).map((path) => imageFile(folder, path)), leftOut, problems };
}

/** Where a file that could not be read is counted. */
export function placeOf({ code }: ArcFlowError): 'tooLarge' | 'unreadable' {
  return code === 'IMAGE_TOO_LARGE' ? 'tooLarge' : 'unreadable';
}

/** @throws ArcFlowError INVALID_ARGUMENT when the folder is missing, no folder, or holds no image. */
export function listImages(folder: string): Promise<ImageFile[]> {
  return listFiles(folder, IMAGE_EXTENSIONS, 'images');
}

/**
 * @param extensions in small letters, each with its dot
 * @param what the files are called in the error
 * @throws ArcFlowError INVALID_ARGUMENT when the folder is missing, no folder, or holds no such file.
 */
export async function listFiles(
  folder: string,
  extensions: ReadonlySet<string>,
  what: string,
): Promise<ImageFile[]> {
  const { files } = await openTree(folder, {
    wanted: (path) => extensions.has(extname(path).toLowerCase()),
  });
  if (files.length === 0)
    throw new ArcFlowError('INVALID_ARGUMENT', `The folder ${folder} holds no ${what}`, 'empty folder');
  return files.sort(byName).map((path) => imageFile(folder, path));
}

async function openTree(folder: string, options: TreeOptions): Promise<Tree> {
  try {
    return await readTree(folder, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new ArcFlowError(
      'INVALID_ARGUMENT',
      `The folder ${folder} cannot be read: ${messageOf(error)}`,
      'no such folder',
      { cause: error },
    );
  }
}

/** Errors of those files that cannot be read, by path: known before the first is sent, so that their number is right. */
async function checkAll(
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Map<string, ArcFlowError>> {
  const failed = new Map<string, ArcFlowError>();
  for (let from = 0; from < paths.length; from += CHECKED_AT_ONCE) {
    signal?.throwIfAborted();
    await Promise.all(
      paths.slice(from, from + CHECKED_AT_ONCE).map((path) =>
        checkPictureFile(path).catch((error: unknown) => {
          failed.set(path, error as ArcFlowError);
        }),
      ),
    );
  }
  return failed;
}

function closedError(path: string, error: unknown): ArcFlowError {
  const message = `The folder ${path} cannot be read: ${messageOf(error)}`;
  return new ArcFlowError('IMAGE_UNREADABLE', message, 'unreadable folder', { cause: error });
}

function imageFile(folder: string, path: string): ImageFile {
  const person = personOf(folder, path);
  return { path, ...(person !== undefined && { person }) };
}

function personOf(folder: string, path: string): string | undefined {
  const parts = relative(folder, path).split(sep);
  return parts.length > 1 ? parts[0] : undefined;
}

function isImage(path: string): boolean {
  return IMAGE_EXTENSIONS.has(extname(path).toLowerCase());
}
