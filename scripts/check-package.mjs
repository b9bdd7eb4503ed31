// Packs the package, installs it beside Node-RED in an empty project and starts Node-RED there: every node type must
// be registered without error, and every file that the editor asks for must be in the package.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_MS = 120_000;
const POLL_MS = 250;

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const project = mkdtempSync(join(tmpdir(), 'arcflow-package-'));
try {
  const packed = JSON.parse(
    run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project]),
  );
  const [{ filename, size, files }] = Array.isArray(packed) ? packed : Object.values(packed);
  requireFiles(new Set(files.map(({ path }) => path)));
  installBeside(resolve(project, filename));
  const sets = await registeredSets();
  checkSets(sets);
  console.log(`package: ${(size / 1e6).toFixed(1)} MB, ${sets.length} node types registered`);
} finally {
  rmSync(project, { recursive: true, force: true });
}

function run(command, args, cwd) {
  // ONNX Runtime's install script would fetch CUDA libraries from outside the npm registry.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8', maxBuffer: 1e8 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stderr || stdout}`);
  return stdout;
}

function requireFiles(packed) {
  const { models, fonts } = JSON.parse(readFileSync('models/manifest.json', 'utf8'));
  const wanted = [
    ...Object.values(manifest['node-red'].nodes),
    ...[...models, ...fonts].map(({ file }) => `models/${file}`),
    ...[
      'models/manifest.json',
      'models/README.md',
      'kernels/build/image.wasm',
      'resources/editor.mjs',
      'LICENSE',
      'README.md',
    ],
    'examples/flows/recognise-photos.json',
  ];
  const missing = wanted.filter((file) => !packed.has(file));
  if (missing.length > 0) throw new Error(`The package lacks ${missing.join(', ')}`);
  const stray = [...packed].filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
  if (stray.length > 0) throw new Error(`The package holds sources: ${stray.join(', ')}`);
}

function installBeside(tarball) {
  const nodeRed = manifest.devDependencies['node-red'];
  const dependencies = { 'node-red': nodeRed, [manifest.name]: `file:${tarball}` };
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'empty', private: true, dependencies }),
  );
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], project);
}

async function registeredSets() {
  const port = await freePort();
  const settings = {
    uiHost: '127.0.0.1',
    uiPort: port,
    credentialSecret: false,
    telemetry: { enabled: false, updateNotification: false },
  };
  writeFileSync(join(project, 'settings.js'), `module.exports = ${JSON.stringify(settings)};`);
  const main = join(project, 'node_modules', 'node-red', 'red.js');
  const child = spawn(process.execPath, [main, '--userDir', project], { cwd: project });
  let output = '';
  child.stdout.on('data', (part) => (output += part));
  child.stderr.on('data', (part) => (output += part));
  try {
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline) {
      await sleep(POLL_MS);
      const response = await fetch(`http://127.0.0.1:${port}/nodes`, {
        headers: { accept: 'application/json' },
      }).catch(() => undefined);
      if (!response?.ok || !output.includes('Started flows')) continue;
      const nodes = await response.json();
      return nodes.filter(({ module }) => module === manifest.name);
    }
    throw new Error(`Node-RED did not start:\n${output}`);
  } finally {
    child.kill();
  }
}

function checkSets(sets) {
  const failed = sets.filter(({ err, enabled, types }) => err || !enabled || types.length === 0);
  if (failed.length > 0) throw new Error(`Node types not registered: ${JSON.stringify(failed)}`);
  const names = new Set(sets.map(({ name }) => name));
  const missing = Object.keys(manifest['node-red'].nodes).filter((name) => !names.has(name));
  if (missing.length > 0) throw new Error(`Node-RED does not know ${missing.join(', ')}`);
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}
