import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { labelFontFamilies, registerFonts } from '../../../lib/annotate/fonts';

describe('fonts', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'arcflow-fonts-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("lists the package's fonts before the system's, always in the same order", () => {
    const families = labelFontFamilies();
    assert.match(families, /^"ArcFlow [^"]+", (?:"ArcFlow [^"]+", )*sans-serif$/);
    assert.equal(labelFontFamilies(), families);
  });

  for (const [kind, missing] of [
    ['missing', 'nowhere'],
    ['empty', '.'],
  ] as const) {
    it(`says what to run when the folder is ${kind}`, () => {
      const fonts = path.join(folder, missing);
      assert.throws(() => registerFonts(fonts), {
        code: 'MODEL_MISSING',
        message: `No font for labels was found in ${fonts}; run \`npm run models\` to build it`,
      });
    });
  }

  it('names a file that is no font', () => {
    const file = path.join(folder, 'broken.ttf');
    writeFileSync(file, 'not a font');
    assert.throws(() => registerFonts(folder), {
      code: 'MODEL_MISSING',
      message: `The label font ${file} cannot be read; run \`npm run models\` to build it again`,
    });
  });
});
