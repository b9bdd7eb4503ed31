/** What the documents point to is there: files, headings, and the npm scripts that they tell to run. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** [text](target) and ![text](target "title"). */
const LINK = /!?\[[^\]]*\]\(([^)\s]+)[^)]*\)/g;
const HEADING = /^#{1,6} (.+)$/gm;
const FENCE = /^```[\s\S]*?^```/gm;
const CODE = /`[^`\n]*`/g;
const EXTERNAL = /^(?:https?|mailto):/;
/** npm run [options] NAME, and the names that npm knows without `run`. */
const NPM_SCRIPT = /\bnpm (?:run (?:--?\S+ )*([a-z][\w:-]*)|(test)\b)/g;
const SCRIPT_FILE = /\b(?:ts-node|node|mocha) ((?:scripts|bench|test)\/[\w./-]+)/g;

/** Markdown files at the top, and in every folder that is ours. */
const documents = readdirSync(ROOT, { withFileTypes: true })
  .flatMap((entry) => (entry.isDirectory() ? markdownBelow(entry.name) : [entry.name]))
  .filter((file) => file.endsWith('.md'))
  .sort();

function markdownBelow(folder: string): string[] {
  if (folder === 'node_modules' || folder === 'dist' || folder.startsWith('.')) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
    join(folder, file),
  );
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** GitHub's anchors: lower case, without punctuation, a hyphen for each space, numbered where they repeat. */
function anchorsOf(file: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of read(file).replace(FENCE, '').matchAll(HEADING)) {
    const anchor = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count++) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}

function brokenLinks(file: string): string[] {
  const text = read(file).replace(FENCE, '').replace(CODE, '');
  const targets = [...text.matchAll(LINK)].map(([, target = '']) => target);
  return targets
    .filter((target) => !EXTERNAL.test(target))
    .filter((target) => {
      const [path = '', anchor] = decodeURI(target).split('#');
      const absolute = path === '' ? join(ROOT, file) : resolve(ROOT, dirname(file), path);
      if (!existsSync(absolute)) return true;
      return anchor !== undefined && !anchorsOf(relative(ROOT, absolute)).has(anchor);
    });
}

function unknownCommands(file: string, scripts: Readonly<Record<string, string>>): string[] {
  const text = read(file);
  const names = [...text.matchAll(NPM_SCRIPT)].map(([, run, bare]) => run ?? bare ?? '');
  const files = [...text.matchAll(SCRIPT_FILE)].map(([, path = '']) => path);
  return [
    ...names.filter((name) => !(name in scripts)),
    ...files.filter((path) => !existsSync(join(ROOT, path))),
  ];
}

describe('documents', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

  it('are found', () =>
    assert.ok(documents.includes('README.md') && documents.includes('docs/architecture.md')));

  for (const file of documents) {
    it(`${file}: every relative link leads to a file and a heading`, () =>
      assert.deepEqual(brokenLinks(file), []));

    it(`${file}: every npm script and script file that it names is there`, () =>
      assert.deepEqual(unknownCommands(file, scripts), []));
  }

  it('reads as well in Chinese: the same headings, pictures, links and commands', () => {
    const shape = (file: string): unknown => {
      const text = read(file);
      const links = [...text.replace(FENCE, '').replace(CODE, '').matchAll(LINK)].map(
        ([, target = '']) => target,
      );
      const languages = /^README(\.zh-CN)?\.md$/;
      return {
        headings: [...text.replace(FENCE, '').matchAll(HEADING)].map(([heading]) => heading.indexOf(' ')),
        links: links.filter((target) => !languages.test(target)).sort(),
        commands: [...text.matchAll(FENCE)].map(([block]) => block),
      };
    };
    assert.deepEqual(shape('README.zh-CN.md'), shape('README.md'));
  });
});
