/** What the code imports is declared: nothing works only because another package happens to bring it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import ts from 'typescript';
import packageJson from '../package.json';
import { ROOT } from './support/node-folder';

interface Import {
  readonly name: string;
  /** Gone once compiled. */
  readonly isType: boolean;
}

/** Not a relative path, and without what follows the package's name. */
function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.')) return undefined;
  const [scope = '', name = ''] = specifier.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

/** All that a source loads: import and export declarations, import(), require(). */
function importsOf(text: string, name = 'source.ts'): Import[] {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, isType: boolean): void => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    const imported = packageOf(specifier.text);
    if (imported !== undefined) found.push({ name: imported, isType });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference))
      add(node.moduleReference.expression, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && isLoading(node.expression)) add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  const named = clause.namedBindings;
  const onlyTypes =
    !clause.name &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.length > 0 &&
    named.elements.every((element) => element.isTypeOnly);
  return clause.phaseModifier === ts.SyntaxKind.TypeKeyword || onlyTypes;
}

function isLoading(callee: ts.Expression): boolean {
  return (
    callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')
  );
}

function importsUnder(folder: string): (Import & { readonly file: string })[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mts|mjs|js)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((file) => importsOf(readFileSync(file, 'utf8'), file).map((found) => ({ ...found, file })));
}

const isBuiltin = (name: string): boolean => name.startsWith('node:') || builtinModules.includes(name);
const dependencies = Object.keys(packageJson.dependencies);
const declared = [...dependencies, ...Object.keys(packageJson.devDependencies)];
/** Decoders that users may install beside the package; without them another one is taken, or the error says which. */
const OPTIONAL = ['node-av'];

describe('imports', () => {
  it('are found in all their forms', () => {
    const text = `
      import a from 'a'; import { type B } from 'b'; import type C from '@c/c/d'; import 'e';
      export { f } from 'f/g'; export type { H } from 'h'; const i = require('i'); void import('j');
      import k = require('k'); let l: import('l').L; import { m, type M } from 'm'; import './n';`;
    assert.deepEqual(
      importsOf(text).map(({ name, isType }) => `${isType ? 'type ' : ''}${name}`),
      ['a', 'type b', 'type @c/c', 'e', 'f', 'type h', 'i', 'j', 'k', 'type l', 'm'],
    );
  });

  it('of lib/ and nodes/ are dependencies or Node.js itself; types may come from development dependencies', () => {
    const found = ['lib', 'nodes'].flatMap(importsUnder);
    for (const dependency of dependencies)
      assert.ok(
        found.some(({ name }) => name === dependency),
        `${dependency} is a dependency that nothing uses`,
      );
    const stray = found.filter(
      ({ name, isType }) =>
        !isBuiltin(name) && !OPTIONAL.includes(name) && !(isType ? declared : dependencies).includes(name),
    );
    assert.deepEqual(stray, []);
  });

  it('of scripts, benchmarks and tests are declared', () => {
    const found = ['scripts', 'bench', 'test'].flatMap(importsUnder);
    assert.deepEqual(
      found.filter(({ name }) => !isBuiltin(name) && !declared.includes(name)),
      [],
    );
  });
});
