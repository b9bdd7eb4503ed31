/** Modules of this folder that another thread or process starts with. */
import { extname, join } from 'node:path';

const EXTENSION = extname(__filename);

/** TypeScript sources run only where tests and scripts register a compiler; the published files are JavaScript. */
export const NODE_OPTIONS: readonly string[] = EXTENSION === '.ts' ? ['--require', 'ts-node/register'] : [];

export function entryPoint(name: string): string {
  return join(__dirname, name + EXTENSION);
}
