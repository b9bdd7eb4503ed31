/** Where this package lies, so that its models and fonts are found from lib/ and from dist/lib/ alike. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const PACKAGE = '@arcflow/node-red-arcflow';

/** The nearest folder at or above `folder` whose package.json is ours. */
export function packageRoot(folder = __dirname): string {
  const file = path.join(folder, 'package.json');
  if (existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === PACKAGE) {
    return folder;
  }
  const parent = path.dirname(folder);
  if (parent === folder) throw new Error(`No folder above ${__dirname} holds the package ${PACKAGE}`);
  return packageRoot(parent);
}
