/**
 * Which networks, detectors and fonts there are, where they lie, and how their input is meant: models/manifest.json of the
 * package, and manifests of the same shape that users write for networks of their own. Opening a network is left to
 * lib/inference, a detector to lib/detect, building the shipped files to scripts/build-models.ts.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ArcFlowError, messageOf } from '../core/errors';
import { invalid, isRecord, nonEmptyString, numberIn, oneOf } from '../core/validate';
import { packageRoot } from '../core/package-root';
import { verifyModelFile } from './verify';

export const COLOUR_ORDERS = ['RGB', 'BGR'] as const;
/** The stages of MTCNN, and any other network of a detector. */
export const DETECT_TASKS = ['detect-proposal', 'detect-refine', 'detect-output', 'detect'] as const;
const TASKS = [...DETECT_TASKS, 'embed', 'face'] as const;
export const TEMPLATES = ['arcface'] as const;
const ACTIVATIONS = ['none', 'softmax', 'sigmoid'] as const;
/** Largest crop, times the box of the face; most numbers that a face model gives. */
const MAX_BOX = 10;
const MAX_LABELS = 1000;

/** The id of the embedding network that is used where none is chosen. */
export const DEFAULT_EMBED_MODEL = 'arcface-mobilefacenet-512';

/** The id of the detector that is used where none is chosen. */
export const DEFAULT_DETECTOR = 'mtcnn';

const MANIFEST_VERSION = 1;
const CHANNELS = 3;
/** Longest side of a network's input, pixels; longest embedding. */
const MAX_SIDE = 1024;
const MAX_DIMENSION = 4096;

export interface ModelInput {
  /** Pixels. A network that slides over whole images (task detect-proposal) takes any size from this on. */
  readonly width: number;
  readonly height: number;
  readonly colour: (typeof COLOUR_ORDERS)[number];
  /** The network takes (pixel − mean) × scale, pixels being 0..255; one mean, or one for each channel in their order. */
  readonly mean: number | readonly number[];
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

/** A network of a detector. */
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

/** What of the frame a network on a face sees: the face on a template of landmarks, or its box, so many times as large. */
export type FaceCrop = { readonly template: (typeof TEMPLATES)[number] } | { readonly box: number };

/** What the numbers mean that a network gives for a face. */
export interface FaceOutput {
  /** A name for each number, in their order. */
  readonly labels: readonly string[];
  /** What makes the values of the numbers: softmax for classes that exclude each other, sigmoid for others. */
  readonly activation: (typeof ACTIVATIONS)[number];
}

/** A network that says something of a face by named numbers. One that embeds is declared as EmbedModel. */
export interface FaceModel extends Model {
  readonly crop: FaceCrop;
  readonly output: FaceOutput;
}

export type ModelEntry =
  DetectModel | (EmbedModel & { readonly task: 'embed' }) | (FaceModel & { readonly task: 'face' });

/** A way to find faces: which kind of detector, with which networks. */
export interface DetectorEntry {
  readonly id: string;
  readonly title: string;
  /** One of lib/detect/kinds. */
  readonly kind: string;
  /** What a network is to the kind → its id among the models. The kind says which it needs. */
  readonly networks: Readonly<Record<string, string>>;
}

/** A font for labels. */
export interface FontEntry extends BuiltFile {
  /** The writing systems that it covers, for people. */
  readonly scripts: string;
}

export interface Manifest {
  readonly models: readonly ModelEntry[];
  readonly detectors: readonly DetectorEntry[];
  /** In the order in which they are asked for a character. */
  readonly fonts: readonly FontEntry[];
}

/** The package's own manifest. */
export function shippedManifestPath(): string {
  return path.join(packageRoot(), 'models', 'manifest.json');
}

let shipped: Manifest | undefined;

/**
 * The shipped networks, detectors and fonts, and after them those of a user's manifest.
 * @throws ArcFlowError MODEL_MISSING when a manifest cannot be read; INVALID_ARGUMENT that names the entry and the
 *   field when it says something else than expected, and when an id occurs twice
 */
export function readManifest(userManifest?: string): Manifest {
  // Asked for with every match of a gallery; it is part of the code and does not change.
  shipped ??= readManifestFile(shippedManifestPath());
  if (userManifest === undefined) return shipped;
  const own = readManifestFile(userManifest);
  const models = [...shipped.models, ...own.models];
  const detectors = [...shipped.detectors, ...own.detectors];
  refuseRepeatedIds(models, 'model', userManifest);
  refuseRepeatedIds(detectors, 'detector', userManifest);
  refuseUnknownNetworks(own.detectors, models, userManifest);
  return { models, detectors, fonts: [...shipped.fonts, ...own.fonts] };
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
  refuseRepeatedIds(models, 'model', file);
  const detectors = list(content['detectors'], `detectors of ${file}`).map((entry, index) =>
    toDetector(entry, `detectors[${index}] of ${file}`),
  );
  refuseRepeatedIds(detectors, 'detector', file);
  const fonts = list(content['fonts'], `fonts of ${file}`).map((entry, index) =>
    toFont(entry, `fonts[${index}] of ${file}`, folder),
  );
  return { models, detectors, fonts };
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

/** @throws ArcFlowError MODEL_MISSING that names the detectors there are. */
export function findDetector<D extends { readonly id: string }>(detectors: readonly D[], id: string): D {
  const found = detectors.find((detector) => detector.id === id);
  if (found) return found;
  const known = detectors.map((detector) => detector.id).join(', ');
  throw new ArcFlowError(
    'MODEL_MISSING',
    `No detector ${id} is known; there are ${known}`,
    'unknown detector',
  );
}

/** The network of a detector; its file is not looked at. */
export function findDetectModel({ models }: Manifest, id: string): DetectModel {
  const found = models.find((model) => model.id === id);
  if (found && isDetectModel(found)) return found;
  throw new ArcFlowError('MODEL_MISSING', `No detection network ${id} is known`, 'unknown model');
}

/** @throws ArcFlowError MODEL_MISSING that names the face models there are. */
export function findFaceModel({ models }: Manifest, id: string): FaceModel {
  const readers = models.filter((model) => model.task === 'face');
  const found = readers.find((model) => model.id === id);
  if (found) return found;
  const known = readers.map((model) => model.id).join(', ') || 'none';
  const message = `No face model ${id} is known; there are ${known}`;
  throw new ArcFlowError('MODEL_MISSING', message, 'unknown model');
}

function isDetectModel(model: ModelEntry): model is DetectModel {
  return DETECT_TASKS.some((task) => task === model.task);
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

function refuseRepeatedIds(entries: readonly { readonly id: string }[], what: string, file: string): void {
  const seen = new Set<string>();
  for (const { id } of entries) {
    // Embeddings carry the model's id and compare by it: two models of one id would mix.
    if (seen.has(id)) throw invalid(`an id that no other ${what} has`, `id in ${file}`, id);
    seen.add(id);
  }
}

function refuseUnknownNetworks(
  detectors: readonly DetectorEntry[],
  models: readonly ModelEntry[],
  file: string,
): void {
  const known = models.filter(isDetectModel).map(({ id }) => id);
  for (const { id, networks } of detectors) {
    for (const [use, network] of Object.entries(networks)) {
      oneOf(network, `networks.${use} of detector ${id} in ${file}`, known);
    }
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
  if (task === 'face')
    return { ...model, task, crop: toCrop(value['crop'], of), output: toOutput(value['output'], of) };
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

function toCrop(value: unknown, of: string): FaceCrop {
  if (!isRecord(value)) throw invalid('{ template } or { box }', `crop ${of}`, value);
  const { template, box } = value;
  if (template !== undefined) return { template: oneOf(template, `crop.template ${of}`, TEMPLATES) };
  return { box: numberIn(box, `crop.box ${of}`, { min: 1, max: MAX_BOX }) };
}

function toOutput(value: unknown, of: string): FaceOutput {
  if (!isRecord(value)) throw invalid('{ labels, activation }', `output ${of}`, value);
  const { labels, activation } = value;
  if (!Array.isArray(labels) || labels.length === 0 || labels.length > MAX_LABELS)
    throw invalid(`1 to ${MAX_LABELS} names`, `output.labels ${of}`, labels);
  const names = labels.map((label: unknown, index) => nonEmptyString(label, `output.labels[${index}] ${of}`));
  if (new Set(names).size < names.length)
    throw invalid('names that differ', `output.labels ${of}`, names.join());
  return { labels: names, activation: oneOf(activation ?? 'none', `output.activation ${of}`, ACTIVATIONS) };
}

function toDetector(value: unknown, at: string): DetectorEntry {
  if (!isRecord(value)) throw invalid('an object', at, value);
  const id = nonEmptyString(value['id'], `id of ${at}`);
  const of = `of detector ${id} (${at})`;
  const networks = value['networks'] ?? {};
  if (!isRecord(networks)) throw invalid('an object of model ids', `networks ${of}`, networks);
  return {
    id,
    title: optional(value['title'], (title) => nonEmptyString(title, `title ${of}`)) ?? id,
    kind: nonEmptyString(value['kind'], `kind ${of}`),
    networks: Object.fromEntries(
      Object.entries(networks).map(([use, network]) => [
        use,
        nonEmptyString(network, `networks.${use} ${of}`),
      ]),
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
    mean: toMean(value['mean'], `input.mean ${of}`),
    scale,
  };
}

function toMean(value: unknown, name: string): number | readonly number[] {
  if (!Array.isArray(value)) return numberIn(value, name);
  if (value.length !== CHANNELS) throw invalid(`a number or ${CHANNELS} of them`, name, value);
  return value.map((mean: unknown, channel) => numberIn(mean, `${name}[${channel}]`));
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
