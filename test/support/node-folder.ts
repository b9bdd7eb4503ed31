/** The folders of nodes/ as a test reads them: files, catalogues, and the editor's page run without an editor. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import ts from 'typescript';

export const ROOT = join(__dirname, '..', '..');
const load = createRequire(__filename);
export const LANGUAGES = ['en-US', 'zh-CN'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A property of a node as the editor knows it: `defaults` in registerType. */
export interface EditorProperty {
  readonly value: unknown;
  readonly type?: string;
  readonly required?: boolean;
  readonly label?: string;
  readonly validate?: (this: object, value: unknown, options: { label?: string }) => true | string;
}

/** As much of a node as its labels ask for: its texts. */
export interface Texts {
  _(key: string): string;
}

export interface EditorDefinition {
  readonly category: string;
  readonly icon: string;
  readonly color: string;
  readonly defaults: Readonly<Record<string, EditorProperty>>;
  /** Saved apart from the flow. */
  readonly credentials?: Readonly<Record<string, object>>;
  readonly outputs?: number;
  paletteLabel(this: Texts): string;
  label(this: Texts): string;
  inputLabels?(this: Texts, index: number): string;
  outputLabels?(this: Texts, index: number): string;
}

export interface Page {
  readonly html: string;
  readonly type: string;
  readonly definition: EditorDefinition;
}

export function nodeFolders(): string[] {
  return readdirSync(join(ROOT, 'nodes')).filter((name) => !['admin', 'shared'].includes(name));
}

/** Paths below a node's folder, the folder's own name written as *. */
export function filesOf(folder: string): string[] {
  const root = join(ROOT, 'nodes', folder);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/').replace(folder, '*'),
    )
    .sort();
}

export function read(...path: string[]): string {
  return readFileSync(join(ROOT, ...path), 'utf8');
}

/** Text by key path, such as mtcnn-detect.label.runtime. */
export function catalogueOf(folder: string, language: Language): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [key, child] of Object.entries(value)) walk(child, path === '' ? key : `${path}.${key}`);
    } else if (typeof value === 'string') texts.set(path, value);
    else throw new Error(`${path} of ${folder} (${language}) is no text`);
  };
  walk(JSON.parse(read('nodes', folder, 'locales', language, `${folder}.json`)), '');
  return texts;
}

/** A text of any node in English, as the editor would show it. */
function translate(key: string, values: Readonly<Record<string, unknown>> = {}): string {
  const path = key.slice(key.indexOf(':') + 1);
  const text = catalogueOf(path.slice(0, path.indexOf('.')), 'en-US').get(path) ?? path;
  return text.replace(/__(\w+?)__/g, (_, name: string) => String(values[name]));
}

/** Runs the page's scripts as the editor does, the shared module first, and returns what they register. */
export function loadPage(folder: string): Page {
  const html = read('nodes', folder, `${folder}.html`);
  const registered: [string, EditorDefinition][] = [];
  const context = {
    RED: {
      _: translate,
      settings: { apiRootUrl: '' },
      nodes: {
        registerType: (type: string, definition: EditorDefinition) => registered.push([type, definition]),
      },
    },
    // No dialog is open: a field has no value, and an element goes nowhere.
    $: () => ({ appendTo: () => undefined, val: () => undefined }),
    window: {},
  };
  context.window = context;
  createContext(context);
  for (const shared of ['migrations.js', 'editor.mjs']) runInContext(read('resources', shared), context);
  for (const [, script = ''] of html.matchAll(/<script type="text\/javascript">([\s\S]*?)<\/script>/g)) {
    runInContext(script, context);
  }
  const [first] = registered;
  if (!first || registered.length > 1) throw new Error(`${folder}.html registers ${registered.length} types`);
  return { html, type: first[0], definition: first[1] };
}

/** The type that the node's module registers with the runtime. */
export function registeredType(folder: string): string | undefined {
  let registered: string | undefined;
  const RED = {
    nodes: { registerType: (type: string) => (registered = type) },
    httpAdmin: { get: () => undefined, post: () => undefined },
    auth: { needsPermission: () => undefined },
  };
  const register = load(join(ROOT, 'nodes', folder, folder)) as (RED: unknown) => void;
  register(RED);
  return registered;
}

/** The properties of the interface in config.ts that describes what the editor saves. */
export function savedProperties(folder: string): string[] {
  const source = ts.createSourceFile('config.ts', read('nodes', folder, 'config.ts'), ts.ScriptTarget.ES2022);
  const found = source.statements.find(
    (statement): statement is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(statement) &&
      statement.heritageClauses?.[0]?.types[0]?.getText(source) === 'NodeDef',
  );
  if (!found) throw new Error(`config.ts of ${folder} has no interface that extends NodeDef`);
  return found.members.map((member) => member.name?.getText(source) ?? '').sort();
}

type ToConfig = (definition: object, context: string) => unknown;

/** The node's own reading of what the editor saves. */
export function configReader(folder: string): ToConfig {
  return (load(join(ROOT, 'nodes', folder, 'config')) as { toConfig: ToConfig }).toConfig;
}
