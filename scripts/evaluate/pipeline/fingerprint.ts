/**
 * Identifies a way of computing by everything that can move a number: the code, the kernels, the networks, the installed
 * libraries, the machine and the options. Rather too much than too little: what is computed once more costs minutes, a
 * figure from before that passes for today's costs trust.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { packageRoot } from '../../../lib/core/package-root';
import { isRecord } from '../../../lib/core/validate';

/** What takes part in computing a result: folders with all that is in them, and files; relative to the package. */
const CODE = [
  'lib',
  'kernels/build',
  'models/manifest.json',
  'scripts/evaluate/pipeline',
  'scripts/evaluate/readers',
];

/**
 * @param networks absolute paths of network files
 * @param options all that the caller lets the result depend on; JSON
 * @param root the package
 */
export function fingerprint(networks: readonly string[], options: unknown, root = packageRoot()): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([options, machine(), [...installedVersions(root)].sort()]));
  for (const file of codeFiles(root)) {
    const bytes = readFileSync(join(root, file));
    hash.update(`\n${file} ${bytes.length}\n`).update(bytes);
  }
  for (const file of networks) {
    const bytes = readFileSync(file);
    hash.update(`\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex').slice(0, 16);
}

/** The files of the code, relative to the package, in a fixed order. */
export function codeFiles(root = packageRoot()): string[] {
  return CODE.flatMap((name) => filesUnder(join(root, name)))
    .map((path) => relative(root, path).split(sep).join('/'))
    .sort();
}

function filesUnder(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesUnder(join(path, name)));
}

/** ONNX Runtime chooses its loops by the processor, and the engine's own arithmetic is that of Node.js. */
function machine(): readonly string[] {
  return [process.version, process.platform, process.arch, cpus()[0]?.model ?? ''];
}

/**
 * Name and version of every installed package that the package needs at run time, directly or not: sharp's pictures are
 * decoded by libvips, which is a package of its own.
 */
export function installedVersions(
  root = packageRoot(),
  found = new Map<string, string>(),
): Map<string, string> {
  const own = readPackage(root);
  for (const name of Object.keys({ ...own.dependencies, ...own.optionalDependencies })) {
    const folder = installedFolder(root, name);
    // What is optional is installed on the platforms that it is for.
    if (folder === undefined || found.has(name)) continue;
    found.set(name, readPackage(folder).version);
    installedVersions(folder, found);
  }
  return found;
}

/** Where Node.js finds a package from a folder: in the nearest node_modules above it that has it. */
function installedFolder(from: string, name: string): string | undefined {
  const folder = join(from, 'node_modules', name);
  if (existsSync(join(folder, 'package.json'))) return folder;
  return dirname(from) === from ? undefined : installedFolder(dirname(from), name);
}

interface Package {
  readonly version: string;
  readonly dependencies: object;
  readonly optionalDependencies: object;
}

function readPackage(folder: string): Package {
  const content: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { version, dependencies, optionalDependencies } = isRecord(content) ? content : {};
  return {
    version: String(version),
    dependencies: isRecord(dependencies) ? dependencies : {},
    optionalDependencies: isRecord(optionalDependencies) ? optionalDependencies : {},
  };
}
