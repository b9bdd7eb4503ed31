/**
 * The files below a folder: each once, links followed. Hidden and system files and folders are not looked into, pipes
 * and devices not opened. A file that lies in the folder is found there and not through a link to it; a link to a
 * folder that holds the folder itself leads in a circle and is not followed.
 */
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { isHiddenName } from './system-names';

export interface TreeOptions {
  /** Whether a file, by its path, is looked for: others may be reached through a link under another name. */
  readonly wanted: (path: string) => boolean;
  /** Whether a sub-folder of this name is looked into. */
  readonly enters?: (name: string) => boolean;
  readonly signal?: AbortSignal;
}

export interface Tree {
  /** Paths below the folder, through links as they are named there. */
  readonly files: string[];
  /** Of files that are not wanted. */
  readonly others: string[];
  /** Hidden and system files and folders; what is in them is not counted. */
  hidden: number;
  /** Links that lead nowhere, in a circle, or to what is in the tree already. */
  links: number;
  /** Pipes, sockets, devices. */
  special: number;
  /** Folders that cannot be read, and why. */
  readonly closed: { readonly path: string; readonly error: unknown }[];
}

interface Folder {
  readonly path: string;
  /** Without links. */
  readonly real: string;
}

/** @throws what the system says when the folder itself cannot be read, or the signal's reason */
export async function readTree(folder: string, options: TreeOptions): Promise<Tree> {
  const root = { path: folder, real: await realpath(folder) };
  return new Walk(root, options).run();
}

class Walk {
  private readonly tree: Tree = { files: [], others: [], hidden: 0, links: 0, special: 0, closed: [] };
  private readonly seen = new Set<string>();
  private readonly links: Folder[] = [];

  constructor(
    private readonly root: Folder,
    private readonly options: TreeOptions,
  ) {}

  async run(): Promise<Tree> {
    await this.enter(this.root, await readdir(this.root.path, { withFileTypes: true }));
    // After all that lies in the folder itself. Folders behind links may hold more links.
    for (let next = this.links.shift(); next; next = this.links.shift()) await this.follow(next);
    return this.tree;
  }

  private async enter(start: Folder, listed: Dirent[]): Promise<void> {
    this.seen.add(start.real);
    const folders = this.sortOut(start, listed);
    for (let next = folders.pop(); next; next = folders.pop()) {
      this.options.signal?.throwIfAborted();
      this.seen.add(next.real);
      folders.push(...this.sortOut(next, await this.list(next.path)));
    }
  }

  private async list(path: string): Promise<Dirent[]> {
    try {
      return await readdir(path, { withFileTypes: true });
    } catch (error) {
      this.tree.closed.push({ path, error });
      return [];
    }
  }

  /** @returns the folders to look into */
  private sortOut(folder: Folder, entries: readonly Dirent[]): Folder[] {
    const folders: Folder[] = [];
    for (const entry of entries) {
      const path = join(folder.path, entry.name);
      const real = join(folder.real, entry.name);
      if (isHiddenName(entry.name)) this.tree.hidden++;
      else if (entry.isSymbolicLink()) this.links.push({ path, real: folder.real });
      else if (entry.isFile()) this.add(path, real);
      else if (!entry.isDirectory()) this.tree.special++;
      else if (this.enters(entry.name) && !this.seen.has(real)) folders.push({ path, real });
    }
    return folders;
  }

  private enters(name: string): boolean {
    return this.options.enters?.(name) ?? true;
  }

  private add(path: string, real: string): void {
    if (!this.options.wanted(path)) {
      this.tree.others.push(path);
    } else if (this.seen.has(real)) {
      this.tree.links++;
    } else {
      this.seen.add(real);
      this.tree.files.push(path);
    }
  }

  /** @param link its path, and the folder that it lies in without links */
  private async follow(link: Folder): Promise<void> {
    this.options.signal?.throwIfAborted();
    const target = await targetOf(link.path);
    if (target?.kind === 'file') {
      this.add(link.path, target.real);
    } else if (target?.kind === 'special') {
      this.tree.special++;
    } else if (!target || this.leadsBack(target.real, link.real)) {
      this.tree.links++;
    } else if (this.enters(nameOf(link.path))) {
      await this.enter({ path: link.path, real: target.real }, await this.list(link.path));
    }
  }

  private leadsBack(real: string, from: string): boolean {
    return this.seen.has(real) || holds(real, this.root.real) || holds(real, from);
  }
}

interface Target {
  readonly real: string;
  readonly kind: 'file' | 'folder' | 'special';
}

/** @returns undefined for a link that leads nowhere, in a circle, or where nobody may look */
async function targetOf(path: string): Promise<Target | undefined> {
  try {
    const real = await realpath(path);
    const info = await stat(real);
    return { real, kind: info.isFile() ? 'file' : info.isDirectory() ? 'folder' : 'special' };
  } catch {
    return undefined;
  }
}

function holds(folder: string, inside: string): boolean {
  return inside === folder || inside.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf(sep) + 1);
}
