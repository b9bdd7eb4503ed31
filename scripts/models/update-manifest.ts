/** Writes into a manifest what a maintainer has just built. */
import { readFileSync } from 'node:fs';
import { isRecord } from '../../lib/core/validate';
import { writeWhole } from './write-whole';

export interface Measured {
  readonly sha256: string;
  readonly bytes: number;
  readonly sourceSha256: string;
}

/** @param measured by the entry's "file" */
export function updateManifest(manifest: string, measured: ReadonlyMap<string, Measured>): void {
  const content: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
  if (!isRecord(content)) throw new Error(`${manifest} is not an object`);
  for (const entry of [content['models'], content['fonts']].flat()) {
    if (!isRecord(entry)) continue;
    const found = measured.get(String(entry['file']));
    if (found === undefined) continue;
    entry['sha256'] = found.sha256;
    entry['bytes'] = found.bytes;
    if (isRecord(entry['source'])) entry['source']['sha256'] = found.sourceSha256;
  }
  writeWhole(manifest, `${JSON.stringify(content, null, 2)}\n`);
}
