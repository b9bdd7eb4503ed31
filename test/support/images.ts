/** Images that tests need and that no file should hold. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export { chunk, hugePng } from '../../scripts/shared/png';

export const PROJECT = join(__dirname, '..', '..');

/** Group photographs that a development dependency ships; the same people recur in them. */
export function samplePhoto(index: 1 | 2 | 3 | 4 | 5 | 6): Buffer {
  return readFileSync(join(PROJECT, 'node_modules', '@vladmandic', 'face-api', 'demo', `sample${index}.jpg`));
}
