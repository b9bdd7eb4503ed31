/**
 * Which networks and fonts there are, where they lie, and how their input is meant: models/manifest.json of the
 * package, and manifests of the same shape that users write for networks of their own. Opening a network is left to
 * lib/inference, building the shipped files to scripts/build-models.ts.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ArcFlowError, messageOf } from '../core/errors';
import { invalid, isRecord, nonEmptyString, numberIn, oneOf } from '../core/validate';
import { packageRoot } from '../core/package-root';
import { verifyModelFile } from './verify';

export const COLOUR_ORDERS = ['RGB', 'BGR'] as const;
export const DETECT_TASKS = ['detect-proposal', 'detect-refine', 'detect-output'] as const;
const TASKS = [...DETECT_TASKS, 'embed'] as const;

/** The id of the embedding network that is used where none is chosen. */
export const DEFAULT_EMBED_MODEL = 'arcface-mobilefacenet-512';

const MANIFEST_VERSION = 1;
/** Longest side of a network's input, pixels; longest embedding. */
const MAX_SIDE = 1024;
const MAX_DIMENSION = 4096;

export interface ModelInput {
  /** Pixels. A network that slides over whole images (task detect-proposal) takes any size from this on. */
  readonly width: number;
  readonly height: number;
  readonly colour: (typeof COLOUR_ORDERS)[number];
  /** The network takes (pixel − mean) × scale, pixels being 0..255. */
  readonly mean: number;
  readonly scale: number;
}

/** A file inside a package of the npm registry. */
export interface PackageFile {
  readonly package: string;
  readonly version: string;
  /** Subresource integrity of the package's tarball: sha512-… */
  readonly integrity: string;
  /** Path inside the package. */
  readonly path: string;
  /** Hexadecimal SHA-256 of the file. */
  readonly sha256?: string;
}

/** What is known of a built file. Everything but the file is optional in a user's manifest. */
export interface BuiltFile {
  /** As the manifest states it: absolute, or relative to the manifest's folder. */
  readonly file: string;
  /** Absolute. */
  readonly path: string;
  /** Hexadecimal SHA-256; a file that states none is taken as it is. */
  readonly sha256?: string;
  readonly bytes?: number;
  /** SPDX identifier, as published with the source. */
  readonly licence?: string;
  readonly source?: PackageFile;
}

interface Model extends BuiltFile {
  readonly id: string;
  readonly title: string;
  readonly input: ModelInput;
  /** The recipe of scripts/models/convert.ts that makes the file from its source. */
  readonly convert?: string;
}

/** One of the three networks of the detection cascade. */
export interface DetectModel extends Model {
  readonly task: (typeof DETECT_TASKS)[number];
}

/** The share of pairs of different people whose similarity lies above a value. */
export interface FalseAcceptRate {
  readonly rate: number;
  /** Cosine similarity, -1..1. */
  readonly similarity: number;
}

/** A network that turns an aligned face into an embedding. */
export interface EmbedModel extends Model {
  /** Length of the embedding. */
  readonly dimension: number;
  /** Cosine similarity from which two embeddings of this model count as the same person, unless the user says other. */
  readonly threshold?: number;
  /** How similar different people are: at least two points, by falling rate. A gallery's size asks for one of them. */
  readonly falseAcceptRates?: readonly FalseAcceptRate[];
}

export type ModelEntry = DetectModel | (EmbedModel & { readonly task: 'embed' });

/** A font for labels. */
export interface FontEntry extends BuiltFile {
  /** The writing systems that it covers, for people. */
  readonly scripts: string;
}

export interface Manifest {
  readonly models: readonly ModelEntry[];
  /** In the order in which they are asked for a character. */
  readonly fonts: readonly FontEntry[];
}

/** The package's own manifest. */
export function shippedManifestPath(): string {
  return path.join(packageRoot(), 'models', 'manifest.json');
}

let shipped: Manifest | undefined;

/**
 * The shipped networks and fonts, and after them those of a user's manifest.
 * @throws ArcFlowError MODEL_MISSING when a manifest cannot be read; INVALID_ARGUMENT that names the entry and the
 *   field when it says something else than expected, and when an id occurs twice
 */
export function readManifest(userManifest?: string): Manifest {
  // Asked for with every match of a gallery; it is part of the code and does not change.
  shipped ??= readManifestFile(shippedManifestPath());
  if (userManifest === undefined) return shipped;
  const own = readManifestFile(userManifest);
  const models = [...shipped.models, ...own.models];
  refuseRepeatedIds(models, userManifest);
  return { models, fonts: [...shipped.fonts, ...own.fonts] };
}

/** One manifest by itself; see readManifest. */
export function readManifestFile(file: string): Manifest {
  const content = parse(file);
  if (!isRecord(content)) throw invalid('an object', file, content);
  if (content['version'] !== MANIFEST_VERSION) {
    throw invalid(String(MANIFEST_VERSION), `version of ${file}`, content['version']);
  }
  const folder = path.dirname(file);
  const models = list(content['models'], `models of ${file}`).map((entry, index) =>
    toModel(entry, `models[${index}] of ${file}`, folder),
  );
  refuseRepeatedIds(models, file);
  const fonts = list(content['fonts'], `fonts of ${file}`).map((entry, index) =>
    toFont(entry, `fonts[${index}] of ${file}`, folder),
  );
  return { models, fonts };
}

export function embedModels({ models }: Manifest): EmbedModel[] {
  return models.filter((model) => model.task === 'embed');
}

/** @throws ArcFlowError MODEL_MISSING that names the models there are. */
export function findEmbedModel(models: readonly EmbedModel[], id: string): EmbedModel {
  const found = models.find((model) => model.id === id);
  if (found) return found;
  const known = models.map((model) => model.id).join(', ');
  throw new ArcFlowError(
    'MODEL_MISSING',
    `No embedding model ${id} is known; there are ${known}`,
    'unknown model',
  );
}

/**
 * A shipped network whose file is there and is the one that the manifest describes.
 * @throws ArcFlowError MODEL_MISSING or MODEL_MISMATCH that says what to do
 */
export function requireModel(id: string): ModelEntry {
  const found = readManifest().models.find((model) => model.id === id);
  if (!found) throw new ArcFlowError('MODEL_MISSING', `No model ${id} is known`, 'unknown model');
  verifyModelFile(found);
  return found;
}

function parse(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const message = `The model manifest ${file} cannot be read: ${messageOf(error)}`;
    throw new ArcFlowError('MODEL_MISSING', message, 'no manifest', { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = `The model manifest ${file} is not JSON: ${messageOf(error)}`;
    throw new ArcFlowError('INVALID_ARGUMENT', message, 'bad manifest', { cause: error });
  }
}

function refuseRepeatedIds(models: readonly ModelEntry[], file: string): void {
  const seen = new Set<string>();
  for (const { id } of models) {
    // Embeddings carry the model's id and compare by it: two models of one id would mix.
    if (seen.has(id)) throw invalid('an id that no other model has', `id in ${file}`, id);
    seen.add(id);
  }
}

function list(value: unknown, name: string): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalid('an array', name, value);
  return value;
}

function toModel(value: unknown, at: string, folder: string): ModelEntry {
  if (!isRecord(value)) throw invalid('an object', at, value);
  const id = nonEmptyString(value['id'], `id of ${at}`);
  const of = `of model ${id} (${at})`;
  const model = {
    id,
    title: optional(value['title'], (title) => nonEmptyString(title, `title ${of}`)) ?? id,
    input: toInput(value['input'], of),
    ...toBuiltFile(value, of, folder),
    ...present(
      'convert',
      optional(value['convert'], (recipe) => nonEmptyString(recipe, `convert ${of}`)),
    ),
  };
  const task = oneOf(value['task'], `task ${of}`, TASKS);
  if (task !== 'embed') return { ...model, task };
  return {
    ...model,
    task,
    dimension: numberIn(value['dimension'], `dimension ${of}`, { min: 2, max: MAX_DIMENSION, integer: true }),
    ...present(
      'threshold',
      optional(value['threshold'], (threshold) =>
        numberIn(threshold, `threshold ${of}`, { min: -1, max: 1 }),
      ),
    ),
    ...present(
      'falseAcceptRates',
      optional(value['falseAcceptRates'], (rates) => toFalseAcceptRates(rates, `falseAcceptRates ${of}`)),
    ),
  };
}

function toFalseAcceptRates(value: unknown, name: string): readonly FalseAcceptRate[] {
  if (!Array.isArray(value) || value.length < 2) {
    throw invalid('at least two { rate, similarity }', name, value);
  }
  const points = value.map((point: unknown, index): FalseAcceptRate => {
    const at = `${name}[${index}]`;
    if (!isRecord(point)) throw invalid('{ rate, similarity }', at, point);
    const { rate } = point;
    if (!(typeof rate === 'number' && rate > 0 && rate <= 1)) {
      throw invalid('a share of pairs above 0, at most 1', `${at}.rate`, rate);
    }
    return {
      rate,
      similarity: numberIn(point['similarity'], `${at}.similarity`, { min: -1, max: 1 }),
    };
  });
  const stray = points.findIndex(
    ({ rate, similarity }, index) =>
      index > 0 && !(rate < points[index - 1]!.rate && similarity > points[index - 1]!.similarity),
  );
  if (stray >= 0) throw invalid('a lower rate at a higher similarity', `${name}[${stray}]`, value[stray]);
  return points;
}

function toFont(value: unknown, at: string, folder: string): FontEntry {
  if (!isRecord(value)) throw invalid('an object', at, value);
  return {
    scripts: nonEmptyString(value['scripts'], `scripts of ${at}`),
    ...toBuiltFile(value, `of ${at}`, folder),
  };
}

function toInput(value: unknown, of: string): ModelInput {
  if (!isRecord(value)) throw invalid('an object', `input ${of}`, value);
  const side = { min: 1, max: MAX_SIDE, integer: true };
  const scale = numberIn(value['scale'], `input.scale ${of}`);
  if (scale === 0) throw invalid('a number other than 0', `input.scale ${of}`, scale);
  return {
    width: numberIn(value['width'], `input.width ${of}`, side),
    height: numberIn(value['height'], `input.height ${of}`, side),
    colour: oneOf(value['colour'], `input.colour ${of}`, COLOUR_ORDERS),
    mean: numberIn(value['mean'], `input.mean ${of}`),
    scale,
  };
}

function toBuiltFile(value: Record<string, unknown>, of: string, folder: string): BuiltFile {
  const file = nonEmptyString(value['file'], `file ${of}`);
  return {
    file,
    path: path.resolve(folder, file),
    ...present(
      'sha256',
      optional(value['sha256'], (digest) => toSha256(digest, `sha256 ${of}`)),
    ),
    ...present(
      'bytes',
      optional(value['bytes'], (bytes) => numberIn(bytes, `bytes ${of}`, { min: 1, integer: true })),
    ),
    ...present(
      'licence',
      optional(value['licence'], (licence) => nonEmptyString(licence, `licence ${of}`)),
    ),
    ...present(
      'source',
      optional(value['source'], (source) => toPackageFile(source, of)),
    ),
  };
}

function toPackageFile(value: unknown, of: string): PackageFile {
  if (!isRecord(value)) throw invalid('an object', `source ${of}`, value);
  const integrity = nonEmptyString(value['integrity'], `source.integrity ${of}`);
  if (!integrity.startsWith('sha512-')) throw invalid('sha512-…', `source.integrity ${of}`, integrity);
  return {
    package: nonEmptyString(value['package'], `source.package ${of}`),
    version: nonEmptyString(value['version'], `source.version ${of}`),
    integrity,
    path: nonEmptyString(value['path'], `source.path ${of}`),
    ...present(
      'sha256',
      optional(value['sha256'], (digest) => toSha256(digest, `source.sha256 ${of}`)),
    ),
  };
}

function toSha256(value: unknown, name: string): string {
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value)) {
    throw invalid('64 hexadecimal digits in lower case', name, value);
  }
  return value;
}

function optional<T>(value: unknown, narrow: (value: unknown) => T): T | undefined {
  return value === undefined ? undefined : narrow(value);
}

/** The property, or nothing where the value is absent. */
function present<K extends string, T>(key: K, value: T | undefined): Partial<Record<K, T>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, T>);
}
