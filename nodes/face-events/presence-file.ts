/**
 * Who is there, for the next start of Node-RED: without it a broker that retains "present" would never be told that
 * somebody left while Node-RED was down. A small file for each node, readable by its owner only, there only while
 * somebody is announced as present. It holds what `left` will say and nothing else: no picture, no embedding.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stay } from '../../lib/tracking/event-machine';
import type { Presence } from '../../lib/tracking/face-watch';
import { isRecord } from '../../lib/core/validate';

const SUFFIX = '.json';
const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;

/** @param userDir Node-RED's user directory */
export function presenceFolder(userDir: string): string {
  return join(userDir, 'arcflow', 'presence');
}

export class PresenceFile {
  private readonly path: string;

  constructor(
    private readonly folder: string,
    nodeId: string,
  ) {
    this.path = join(folder, encodeURIComponent(nodeId) + SUFFIX);
  }

  /**
   * Replaces what was there, in one step; nobody announced: no file.
   * @throws the system's error
   */
  save(presences: readonly Presence[]): void {
    const announced = presences
      .map((presence) => ({
        ...presence,
        stays: presence.stays.filter(({ announced: at }) => at !== undefined),
      }))
      .filter(({ stays }) => stays.length > 0);
    if (announced.length === 0) {
      this.remove();
      return;
    }
    const text = JSON.stringify(
      announced.map(({ source, last, gap, stays }) => ({ source, last, gap, stays: stays.map(plain) })),
    );
    mkdirSync(this.folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
    const fresh = `${this.path}.new`;
    writeFileSync(fresh, text, { mode: OWNER_ONLY_FILE });
    renameSync(fresh, this.path);
  }

  /** What was saved last; nothing where there is no file, or one that nobody can make sense of. */
  load(): Presence[] {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if (isRecord(error) && error['code'] === 'ENOENT') return [];
      throw error;
    }
    return parse(text);
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }
}

/** Removes the files of nodes that are there no more. */
export function sweep(folder: string, isThere: (nodeId: string) => boolean): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (isRecord(error) && error['code'] === 'ENOENT') return;
    throw error;
  }
  for (const name of names) {
    if (!name.endsWith(SUFFIX) || !isThere(decodeURIComponent(name.slice(0, -SUFFIX.length))))
      rmSync(join(folder, name), { force: true });
  }
}

type Plain = Omit<Stay, 'best'>;

function plain({ person, strangerId, similarity, votes, firstTime, lastTime, announced }: Plain): Plain {
  return { person, strangerId, similarity, votes, firstTime, lastTime, announced };
}

function parse(text: string): Presence[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Half a file after a power cut: nobody can be told to have left by name.
    return [];
  }
  return Array.isArray(value) ? value.flatMap(toPresence) : [];
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isName = (value: unknown): value is string | null => value === null || typeof value === 'string';

function toPresence(value: unknown): Presence[] {
  if (!isRecord(value)) return [];
  const { source, last, gap, stays } = value;
  if (typeof source !== 'string' || !isNumber(last) || !Array.isArray(stays)) return [];
  return [{ source, last, gap: isNumber(gap) ? gap : undefined, stays: stays.flatMap(toStay), arrivals: [] }];
}

function toStay(value: unknown): Stay[] {
  if (!isRecord(value)) return [];
  const { person, strangerId, similarity, votes, firstTime, lastTime, announced } = value;
  if (!isName(person) || !isName(strangerId)) return [];
  if (!isNumber(similarity) || !isNumber(votes) || !isNumber(announced)) return [];
  if (!isNumber(firstTime) || !isNumber(lastTime)) return [];
  return [{ person, strangerId, similarity, votes, firstTime, lastTime, announced, best: undefined }];
}
