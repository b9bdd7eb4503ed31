/**
 * The built package in a process of its own: what the main thread loads before the first message, and what a user is
 * told on a machine where a native library is missing.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../support/built';
import { loadPage, nodeFolders, ROOT } from '../support/node-folder';

/** Building, on a small busy machine. */
const START_MS = 600_000;
const DIST = join(ROOT, 'dist');
const NATIVE = ['onnxruntime-node', 'sharp', '@napi-rs/canvas', 'node:sqlite', '@photostructure/sqlite'];

/** Runs before anything else, in every thread: notes each module that is loaded, and each use of WebAssembly. */
const RECORD = `
  const Module = require('node:module');
  const loaded = (globalThis.loaded = []);
  const { _load } = Module;
  Module._load = function (request, ...rest) {
    loaded.push(request);
    return _load.call(this, request, ...rest);
  };
  const { getBuiltinModule } = process;
  process.getBuiltinModule = (id) => (loaded.push(id), getBuiltinModule?.(id));
  for (const name of ['Module', 'Instance', 'Memory'])
    WebAssembly[name] = class extends WebAssembly[name] {
      constructor(...parts) {
        loaded.push('WebAssembly');
        super(...parts);
      }
    };
  for (const name of ['compile', 'instantiate']) {
    const run = WebAssembly[name];
    WebAssembly[name] = (...parts) => (loaded.push('WebAssembly'), run(...parts));
  }`;

/** Runs before anything else, in every thread: these modules are not installed. */
const WITHOUT = (names: readonly string[]) => `
  const Module = require('node:module');
  const missing = ${JSON.stringify(names)};
  const { _resolveFilename } = Module;
  Module._resolveFilename = function (request, ...rest) {
    if (!missing.includes(request)) return _resolveFilename.call(this, request, ...rest);
    throw Object.assign(new Error("Cannot find module '" + request + "'\\nRequire stack:\\n- x"), {
      code: 'MODULE_NOT_FOUND',
    });
  };
  const { getBuiltinModule } = process;
  process.getBuiltinModule = (id) => (missing.includes(id) ? undefined : getBuiltinModule?.(id));`;

/** Registers all nodes as Node-RED does, and reads the configuration of each. */
const REGISTER = `
  const types = [];
  const RED = {
    nodes: { registerType: (type) => types.push(type) },
    httpAdmin: { get: () => undefined, post: () => undefined },
    auth: { needsPermission: () => undefined },
  };
  for (const [folder, settings] of Object.entries(${JSON.stringify(
    Object.fromEntries(nodeFolders().map((folder) => [folder, settingsOf(folder)])),
  )})) {
    require(${JSON.stringify(join(DIST, 'nodes'))} + '/' + folder + '/' + folder + '.js')(RED);
    require(${JSON.stringify(join(DIST, 'nodes'))} + '/' + folder + '/config.js').toConfig(settings, '/user');
  }`;

const lib = (file: string): string => `require(${JSON.stringify(join(DIST, 'lib', file))})`;

function settingsOf(folder: string): object {
  const { defaults } = loadPage(folder).definition;
  return Object.fromEntries(Object.entries(defaults).map(([name, { value }]) => [name, value]));
}

describe('the main thread', function () {
  this.timeout(START_MS);
  let directory: string;

  before(() => {
    ensureBuilt();
    directory = mkdtempSync(join(tmpdir(), 'arcflow-'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  /** What a program prints as JSON, with a module that runs first in each of its threads. */
  function run(first: string, program: string): unknown {
    const [hook, main] = ['first.cjs', 'main.cjs'].map((name) => join(directory, name));
    writeFileSync(hook!, first);
    writeFileSync(main!, program);
    const { stdout, stderr, status } = spawnSync(process.execPath, ['-r', hook!, main!], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout);
  }

  /** Of the native modules, compiled add-ons and WebAssembly, those that a program loads. */
  function loadedBy(program: string): string[] {
    const loaded = run(RECORD, `${program};\nconsole.log(JSON.stringify(globalThis.loaded));`) as string[];
    const heavy = (name: string): boolean =>
      NATIVE.includes(name) || name === 'WebAssembly' || name.endsWith('.node');
    return [...new Set(loaded.filter(heavy))];
  }

  it('loads no native library and no kernels for registering nodes and reading their configuration', () => {
    assert.deepEqual(loadedBy(REGISTER), []);
  });

  it('would be seen to load each of them', () => {
    const used = [
      lib('inference/backends/onnxruntime'),
      lib('image/decode'),
      lib('annotate/label-text'),
      `${lib('gallery/stores/sqlite/binding')}.openDatabase(':memory:').close()`,
      `${lib('pixels/bands')}.kernels()`,
    ];
    const loaded = loadedBy(used.join(';\n'));
    for (const name of ['onnxruntime-node', 'sharp', '@napi-rs/canvas', 'WebAssembly'])
      assert.ok(loaded.includes(name), name);
    assert.ok(loaded.includes('node:sqlite') || loaded.includes('@photostructure/sqlite'));
  });

  /** Registers all nodes, then prints how many there are and what comes of a promise. */
  const attempt = (promise: string, end: string) => `${REGISTER}
    ${promise}.then(
      () => ({}),
      ({ code, message, status }) => ({ code, message, status }),
    ).then(async (error) => {
      console.log(JSON.stringify({ types: types.length, ...error }));
      ${end}
    });`;

  for (const name of ['onnxruntime-node', 'sharp', '@napi-rs/canvas']) {
    it(`registers all nodes without ${name}, and a message says that it is missing`, () => {
      const program = `const engine = new (${lib('engine/engine')}.Engine)({ provider: 'cpu', threads: 1 });
        ${attempt("engine.call('info')", 'await engine.close();')}`;
      assert.deepEqual(run(WITHOUT([name]), program), {
        types: nodeFolders().length,
        code: 'PROVIDER_UNAVAILABLE',
        message:
          `A native library cannot be loaded on this machine: Cannot find module '${name}'. Install ` +
          '@arcflow/node-red-arcflow again with the Node.js and on the platform that it runs on.',
        status: 'library missing',
      });
    });
  }

  it('registers all nodes without SQLite, and a message says that it is missing', () => {
    const gallery = `${lib('gallery/gallery')}.Gallery.open(${JSON.stringify(join(directory, 'gallery'))})`;
    const answer = run(WITHOUT(['node:sqlite', '@photostructure/sqlite']), attempt(gallery, ''));
    const { types, code, message } = answer as Record<string, unknown>;
    assert.deepEqual({ types, code }, { types: nodeFolders().length, code: 'STORE_UNAVAILABLE' });
    assert.match(String(message), /Cannot find module '@photostructure\/sqlite'/);
  });
});
