// Copies what tsc leaves behind (editor pages, help, locales, icons) beside each compiled node.
import { cpSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';

for (const folder of readdirSync('nodes')) {
  cpSync(join('nodes', folder), join('dist', 'nodes', folder), {
    recursive: true,
    filter: (path) => extname(path) !== '.ts',
  });
}
