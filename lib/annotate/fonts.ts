/**
 * The fonts of labels. They lie in models/fonts of the package, so that a machine without any font draws every name;
 * fonts of the system only stand in for characters that the package's lack.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { GlobalFonts } from '@napi-rs/canvas';
import { ArcFlowError } from '../core/errors';
import { packageRoot } from '../core/package-root';

const FONT_FILE = /\.(?:ttf|otf|woff2)$/i;

let families: string | undefined;

/**
 * The CSS font-family list that draws labels: the package's fonts in the order of their file names, then the
 * system's. The files are registered on the first call.
 * @throws ArcFlowError MODEL_MISSING when models/fonts has no font file, or one that is no font.
 */
export function labelFontFamilies(): string {
  families ??= registerFonts(path.join(packageRoot(), 'models', 'fonts'));
  return families;
}

/** Registers every font file of a folder; see labelFontFamilies. */
export function registerFonts(folder: string): string {
  const files = existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => FONT_FILE.test(file))
        .sort()
    : [];
  if (files.length === 0) {
    throw new ArcFlowError(
      'MODEL_MISSING',
      `No font for labels was found in ${folder}; run \`npm run models\` to build it`,
      'label font missing',
    );
  }
  return [...files.map((file) => registerFont(path.join(folder, file))), 'sans-serif'].join(', ');
}

function registerFont(file: string): string {
  const family = `ArcFlow ${path.parse(file).name}`;
  // Fonts belong to the process: the engine's next worker finds those of the one before.
  if (!GlobalFonts.has(family) && GlobalFonts.registerFromPath(file, family) === null) {
    throw new ArcFlowError(
      'MODEL_MISSING',
      `The label font ${file} cannot be read; run \`npm run models\` to build it again`,
      'bad label font',
    );
  }
  return `"${family}"`;
}
