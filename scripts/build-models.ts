/**
 * Builds the networks and fonts that models/manifest.json names from packages of the npm registry, as far as they are
 * not there already: `npm run models`, which `npm install` and `npm ci` run by themselves.
 *
 *   --out DIR       write the networks into another folder, whatever is there, and no fonts
 *   --prelu FORM    with --out: spell PReLU in another form (scripts/models/prelu.ts), for comparisons
 *   --update        for maintainers: build everything and write its SHA-256s and sizes into the manifest
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../lib/core/errors';
import {
  readManifestFile,
  shippedManifestPath,
  type BuiltFile,
  type ModelEntry,
  type PackageFile,
} from '../lib/models/manifest';
import { sha256Of } from '../lib/models/verify';
import { oneOf } from '../lib/core/validate';
import { convertModel } from './models/convert';
import { PRELU_FORMS, SHIPPED_PRELU, type PreluForm } from './models/prelu';
import { PackageUnavailable } from './models/registry';
import { loadSources, sizeText } from './models/sources';
import { updateManifest, type Measured } from './models/update-manifest';
import { writeWhole } from './models/write-whole';

interface Options {
  readonly out: string | undefined;
  readonly prelu: PreluForm;
  readonly update: boolean;
}

/** One file to build. */
interface Job {
  readonly entry: BuiltFile;
  readonly source: PackageFile;
  readonly target: string;
  /** The network that is converted; absent for a font, which is used as it comes. */
  readonly model?: ModelEntry;
}

const say = (line: string): void => void process.stderr.write(`models: ${line}\n`);

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      prelu: { type: 'string', default: SHIPPED_PRELU },
      update: { type: 'boolean', default: false },
    },
  });
  const { out, update } = values;
  const prelu = oneOf(values.prelu, '--prelu', PRELU_FORMS);
  if (out === undefined && prelu !== SHIPPED_PRELU) {
    throw new Error(`--prelu ${prelu} needs --out DIR, because the package ships the form ${SHIPPED_PRELU}`);
  }
  return { out, prelu, update };
}

/** What the manifest names and the options leave to do. */
function jobsToDo({ out, update }: Options): Job[] {
  const { models, fonts } = readManifestFile(shippedManifestPath());
  const networks = models.map((model) => ({ ...toJob(model), model }));
  if (out !== undefined) {
    return networks.map((job) => ({ ...job, target: path.resolve(out, path.basename(job.target)) }));
  }
  const all = [...networks, ...fonts.map(toJob)];
  return update ? all : all.filter((job) => !isBuilt(job));
}

function toJob(entry: BuiltFile): Job {
  if (entry.source === undefined) throw new Error(`The manifest states no source of ${entry.file}`);
  return { entry, source: entry.source, target: entry.path };
}

function isBuilt({ entry, target }: Job): boolean {
  return entry.sha256 !== undefined && existsSync(target) && sha256Of(readFileSync(target)) === entry.sha256;
}

/** The jobs of each package together, so that it is fetched once. */
function byPackage(jobs: readonly Job[]): Job[][] {
  const groups = new Map<string, Job[]>();
  for (const job of jobs) {
    const key = `${job.source.package}@${job.source.version}`;
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
  return [...groups.values()];
}

function build(
  { entry, source, target, model }: Job,
  original: Buffer,
  { out, prelu, update }: Options,
): Measured {
  const sourceSha256 = sha256Of(original);
  if (!update) refuseOther(`${source.path} of ${source.package}`, sourceSha256, source.sha256);
  const built = model === undefined ? original : convertModel(original, model, prelu);
  const sha256 = sha256Of(built);
  if (!update && out === undefined) refuseOther(entry.file, sha256, entry.sha256);
  writeWhole(target, built);
  say(`built ${path.relative(process.cwd(), target)} (${sizeText(built.length)})`);
  return { sha256, bytes: built.length, sourceSha256 };
}

function refuseOther(what: string, found: string, stated: string | undefined): void {
  if (found === stated) return;
  throw new Error(`${what} has the SHA-256 ${found} but the manifest states ${stated ?? 'none'}`);
}

async function main(): Promise<void> {
  const options = readOptions();
  const measured = new Map<string, Measured>();
  for (const jobs of byPackage(jobsToDo(options))) {
    const sources = jobs.map(({ source }) => source);
    const keep = jobs.some(({ model }) => model !== undefined);
    const originals = await loadSources(sources, { keep, say });
    jobs.forEach((job, index) => measured.set(job.entry.file, build(job, originals[index]!, options)));
  }
  if (options.update) updateManifest(shippedManifestPath(), measured);
}

main().catch((error: unknown) => {
  say(messageOf(error));
  if (error instanceof PackageUnavailable) {
    say(
      'The networks and fonts are built from packages of the npm registry. Check the network, and the registry and',
    );
    say(
      'proxy in npm’s configuration (npm config list), then run `npm run models`: what is built already stays.',
    );
  }
  process.exitCode = 1;
});
