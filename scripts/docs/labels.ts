/** The English texts of a node's dialog. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../../lib/core/validate';
import { PROJECT } from '../shared/project';

/** Finds a text by its keys; undefined where the dialog has none. */
export function dialogTexts(node: string): (...keys: readonly string[]) => string | undefined {
  const file = join(PROJECT, 'nodes', node, 'locales', 'en-US', `${node}.json`);
  const texts: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return (...keys) => {
    const found = [node, ...keys].reduce((part, key) => (isRecord(part) ? part[key] : undefined), texts);
    return typeof found === 'string' ? found : undefined;
  };
}
