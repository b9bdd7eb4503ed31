/**
 * The programs that run in processes of their own: they are translated into the workplace and load the built package,
 * so that they start as fast as what users run.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { PROJECT } from '../../shared/project';

const SOURCES = join(__dirname, '..', 'programs');
/** The built function that opens a gallery. */
export const OPEN_GALLERY = join(PROJECT, 'dist', 'lib', 'gallery', 'open-gallery.js');

/** @throws Error when the package is not built */
export function requireBuilt(): void {
  if (!existsSync(OPEN_GALLERY))
    throw new Error('The project is not built: run `npm install` (or `npm run prepare`) first');
}

/** Translates all programs; the result for programs/x.ts is x.js in the folder. */
export async function translatePrograms(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of await readdir(SOURCES)) {
    const source = await readFile(join(SOURCES, file), 'utf8');
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: {
        module: ts.ModuleKind.CommonJS,
        target: ts.ScriptTarget.ES2022,
        esModuleInterop: true,
      },
    });
    await writeFile(join(folder, file.replace(/\.ts$/, '.js')), outputText);
  }
}
