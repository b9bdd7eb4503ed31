/** Every node folder has the same shape, and its editor page, catalogues and runtime agree with each other. */
import assert from 'node:assert/strict';
import { migrate, MIGRATIONS } from '../../nodes/shared/migrate';
import {
  LANGUAGES,
  catalogueOf,
  configReader,
  filesOf,
  loadPage,
  nodeFolders,
  read,
  registeredType,
  savedProperties,
  type EditorDefinition,
  type Language,
} from '../support/node-folder';

const FILES = [
  '*.html',
  '*.ts',
  'config.ts',
  'icons/*.svg',
  'locales/en-US/*.html',
  'locales/en-US/*.json',
  'locales/zh-CN/*.html',
  'locales/zh-CN/*.json',
];
const FLOW_SECTIONS: Record<Language, readonly string[]> = {
  'en-US': ['Inputs', 'Outputs', 'Details', 'References'],
  'zh-CN': ['输入', '输出', '详细', '参考'],
};

/** Around every bound that a field has, and what is no number at all. */
const PROBES = [
  ...[
    '',
    'abc',
    '1e',
    '-2',
    '-1.01',
    '-1',
    '-0.01',
    '0',
    '0.0000001',
    '0.000001',
    '0.009',
    '0.01',
    '0.29',
    '0.3',
  ],
  ...[
    '0.5',
    '0.95',
    '0.96',
    '0.999',
    '1',
    '1.01',
    '2',
    '2.5',
    '11.9',
    '12',
    '15',
    '16',
    '64',
    '65',
    '89',
    '90',
    '91',
  ],
  ...['100', '101', '512', '513', '1000', '1001', '4096', '4097', '10000', '10001'],
  ...['auto', 'queue', 'match', 'jpeg', 'RGB', 'rgb', '#00c389', '#00C38', 'red', 'a.onnx'],
];

/** What must be set besides for a property to count. */
const CONTEXT: Record<string, object> = {
  'arcface-embed': { model: 'file', file: 'a.onnx', fileId: 'a' },
};

const folders = nodeFolders();

describe('node folders', () => {
  it('are all declared in package.json', () => {
    const manifest = JSON.parse(read('package.json')) as { 'node-red': { nodes: Record<string, string> } };
    const expected = folders.map((folder) => [folder, `dist/nodes/${folder}/${folder}.js`]);
    assert.deepEqual(manifest['node-red'].nodes, Object.fromEntries(expected));
  });

  for (const folder of folders) {
    describe(folder, () => {
      it('has the same files as every other, besides modules of its own', () => {
        const helpers = /^(?!\*|config)[a-z-]+\.ts$/;
        assert.deepEqual(
          filesOf(folder).filter((file) => !helpers.test(file)),
          FILES,
        );
      });

      it('registers one type, in the runtime and literally in the page', () => {
        const { type, html } = loadPage(folder);
        assert.equal(registeredType(folder), type);
        assert.match(html, new RegExp(`registerType\\("${type}"`));
        assert.match(html, new RegExp(`data-template-name="${type}"`));
      });

      it('lets the editor save what config.ts reads', () => {
        // The host adapter reads the version, Node-RED the name.
        const { name, version, ...defaults } = loadPage(folder).definition.defaults;
        assert.deepEqual(Object.keys(defaults).sort(), savedProperties(folder));
        assert.deepEqual({ ...name }, { value: '' });
        assert.equal(version!.value, MIGRATIONS.newestOf(MIGRATIONS.STEPS[registeredType(folder)!]!));
      });

      it('has a field in the dialog for every property, and none besides', () => {
        const { html, definition } = loadPage(folder);
        const prefix = definition.category === 'config' ? 'node-config-input-' : 'node-input-';
        // A list that its own code reads and writes is marked with data-property: Node-RED would take an input's text.
        const fields = [...html.matchAll(new RegExp(` (?:id="${prefix}|data-property=")([^"]+)"`, 'g'))].map(
          ([, field]) => field,
        );
        // A credential that older flows carry themselves is both.
        const { version, ...defaults } = definition.defaults;
        assert.ok(version, 'its settings have no version');
        const saved = new Set([...Object.keys(defaults), ...Object.keys(definition.credentials ?? {})]);
        assert.deepEqual(fields.sort(), [...saved].sort());
        const labels = [...html.matchAll(/<label for="([^"]+)"/g)].map(([, field]) => field);
        for (const label of labels) assert.ok(html.includes(` id="${label}"`), `a label points to ${label}`);
      });

      it('has the defaults in the editor that config.ts falls back to', () => {
        const toConfig = configReader(folder);
        assert.deepEqual(toConfig(valuesOf(folder), '/user'), toConfig({}, '/user'));
      });

      it('accepts in the editor what config.ts accepts, and says what it expects', () => {
        const toConfig = configReader(folder);
        const context = { ...valuesOf(folder), ...CONTEXT[folder] };
        for (const [property, { validate, label }] of Object.entries(loadPage(folder).definition.defaults)) {
          if (!validate || property === 'version') continue;
          assert.ok(label, `${property} has no label`);
          for (const probe of PROBES) {
            const verdict: true | string = validate.call(context, probe, { label });
            const runs = accepts(() => toConfig({ ...context, [property]: probe }, '/user'));
            assert.equal(verdict === true, runs, `${property} "${probe}": ${verdict}`);
            if (verdict !== true) assert.match(verdict, new RegExp(`^${label}: (?!.*(__|undefined))`));
          }
        }
      });

      it('reads in the editor the versions that the runtime reads, and says so of a newer one', () => {
        const { type, definition } = loadPage(folder);
        const { validate } = definition.defaults['version']!;
        for (const probe of [undefined, '', 0, 1, '1', 2, '2', 99, -1, 0.5, 'abc']) {
          const verdict = validate!.call({}, probe, {});
          assert.equal(
            verdict === true,
            accepts(() => migrate(type, { version: probe })),
            String(probe),
          );
          if (probe === 99) assert.match(String(verdict), /newer ArcFlow \(version 99, .* up to 1\)/);
        }
      });

      it('has an icon of its own in the shape that Node-RED draws', () => {
        const { icon } = loadPage(folder).definition;
        assert.equal(icon, `${folder}.svg`);
        assert.match(read('nodes', folder, 'icons', icon), /^<svg [^>]*viewBox="0 0 40 60"/);
      });

      it('says the same in every language, and nothing that is never shown', () => {
        const { html, definition } = loadPage(folder);
        const modules = filesOf(folder).filter((file) => file.endsWith('.ts'));
        const code = modules.map((file) => read('nodes', folder, file.replace('*', folder)));
        const sources = [html, ...code, read('resources', 'editor.mjs')].join('\n');
        const used = usedKeys([sources, ...labelKeys(definition)].join('\n'), folder);
        const english = catalogueOf(folder, 'en-US');
        for (const language of LANGUAGES) {
          const texts = catalogueOf(folder, language);
          assert.deepEqual([...texts.keys()].sort(), [...english.keys()].sort(), language);
          for (const [key, text] of texts) {
            assert.notEqual(text.trim(), '', `${key} in ${language}`);
            assert.deepEqual(
              placeholders(text),
              placeholders(english.get(key) ?? ''),
              `${key} in ${language}`,
            );
          }
        }
        for (const key of used.keys) assert.ok(english.has(key), `${key} is used but has no text`);
        for (const key of english.keys()) {
          const shown = used.keys.has(key) || used.prefixes.some((prefix) => key.startsWith(prefix));
          assert.ok(shown, `${key} has a text but is used nowhere`);
        }
      });

      for (const language of LANGUAGES) {
        it(`has a help page (${language})`, () => {
          const { type, definition } = loadPage(folder);
          const help = read('nodes', folder, 'locales', language, `${folder}.html`);
          assert.match(help, new RegExp(`^<script type="text/html" data-help-name="${type}">\\s*<p>`));
          const sections = [...help.matchAll(/<h3>(.*?)<\/h3>/g)].map(([, title]) => title);
          const expected = FLOW_SECTIONS[language];
          // Configuration nodes are not wired: no inputs, no outputs.
          assert.deepEqual(sections, definition.category === 'config' ? expected.slice(2) : expected);
          assert.deepEqual(unbalancedTags(help), []);
        });
      }
    });
  }
});

function valuesOf(folder: string): Record<string, unknown> {
  const entries = Object.entries(loadPage(folder).definition.defaults);
  // As the flow file keeps them; the page ran in a context whose arrays are not those of the tests.
  return JSON.parse(
    JSON.stringify(Object.fromEntries(entries.map(([property, { value }]) => [property, value]))),
  ) as Record<string, unknown>;
}

function accepts(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

/** The keys of the labels in palette and workspace, which the shared module puts together. */
function labelKeys(definition: EditorDefinition): string[] {
  const keys: string[] = [];
  const node = { _: (key: string) => String(keys.push(`"${key}"`)) };
  definition.paletteLabel.call(node);
  definition.inputLabels?.call(node, 0);
  for (let port = 0; port < (definition.outputs ?? 0); port++) definition.outputLabels?.call(node, port);
  return keys;
}

interface UsedKeys {
  readonly keys: ReadonlySet<string>;
  /** Of keys that are put together when they are needed, such as "face-gallery.operation." + operation. */
  readonly prefixes: readonly string[];
}

function usedKeys(source: string, folder: string): UsedKeys {
  const key = new RegExp(`["'\`\\]](${folder}\\.[\\w.-]+)(?=["'\`]|\\$\\{)`, 'g');
  const found = [...source.matchAll(key)]
    .map(([, name]) => name ?? '')
    .filter((name) => !name.endsWith('.svg'));
  return {
    keys: new Set(found.filter((name) => !name.endsWith('.'))),
    prefixes: found.filter((name) => name.endsWith('.')),
  };
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/__\w+?__/g)].map(([name]) => name).sort();
}

/** Elements of a help page that are opened and not closed, or the other way round. */
function unbalancedTags(html: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, closing, name = ''] of html.matchAll(/<(\/?)([a-z]+[1-6]?)[^>]*>/g)) {
    if (closing === '') open.push(name);
    else if (open.at(-1) === name) open.pop();
    else wrong.push(name);
  }
  return [...wrong, ...open];
}
