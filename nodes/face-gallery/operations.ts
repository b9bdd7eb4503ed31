/** What a gallery node does with one message, one function for each operation. */
import type { NodeAPI, NodeMessage } from 'node-red';
import { ArcFlowError } from '../../lib/core/errors';
import type { Face } from '../../lib/core/face';
import { toFaces } from '../../lib/core/faces';
import { chooseFace, type EmbeddedFace } from '../../lib/gallery/enrolment';
import type { Gallery, MatchOptions } from '../../lib/gallery/gallery';
import { raisedThreshold } from '../../lib/gallery/open-set-threshold';
import { modelId, unitEmbedding } from '../../lib/gallery/sample';
import { toFrame } from '../../lib/image/frame';
import { embedModels, readManifest, type EmbedModel } from '../../lib/models/manifest';
import { nonEmptyString, numberIn } from '../../lib/core/validate';
import { runtimeOf } from '../shared/runtime';
import type { StoreNode } from '../shared/store';
import type { GalleryConfig, GalleryOperation } from './config';

export interface Task {
  readonly RED: NodeAPI;
  readonly gallery: Gallery;
  readonly config: GalleryConfig;
  readonly message: NodeMessage;
}

/**
 * From this cosine similarity on two faces are clearly one person's, whatever the network: the shipped ones let fewer
 * than 1 in 10 million pairs of strangers so far up, by their false accept rates.
 */
const SAME_FACE = 0.7;

/** Key below face-gallery.status, and its values. */
export type Outcome = readonly [key: string, values: Record<string, string | number>];

export const RUN: Record<GalleryOperation, (task: Task) => Promise<Outcome>> = {
  match,
  enrol,
  verify,
  remove,
  rename,
  list,
  export: exportPerson,
  import: importPerson,
};

/** 1:N: gives every face that has an embedding its match. */
async function match({ RED, gallery, config, message }: Task): Promise<Outcome> {
  const faces = facesOf(message);
  const matched = [...faces];
  for (const [model, indices] of byModel(faces)) {
    const probes = indices.map((index) => faces[index]!.embedding!);
    const threshold = matchThreshold(RED, config, model);
    const matches = await gallery.match(probes, model, { threshold, topK: config.candidates });
    indices.forEach((index, at) => (matched[index] = { ...faces[index]!, match: matches[at]! }));
  }
  message['faces'] = matched;
  const known = matched.filter((face) => face.match?.known).length;
  const compared = matched.filter((face) => face.match).length;
  return ['matched', { known, strangers: compared - known }];
}

async function enrol({ RED, gallery, config, message }: Task): Promise<Outcome> {
  const person = personOf(config, message);
  const face = chooseFace(measured(facesOf(message)), config);
  const frame = message['frame'] === undefined ? undefined : toFrame(message['frame']);
  const thumbnail =
    config.runtime === '' || !frame
      ? undefined
      : await runtimeOf(RED, config.runtime).engine.call('thumbnail', frame, face.box);
  const sample = {
    embedding: face.embedding,
    model: face.embeddingModel,
    ...(thumbnail && { thumbnail }),
    source: frame?.source ?? '',
    time: frame?.timestamp ?? Date.now(),
  };
  const result = await gallery.enrol(
    person,
    sample,
    message['confirm'] === true ? {} : { unlessLike: SAME_FACE },
  );
  const { sampleId, ...rest } = result;
  message.payload = { ...rest, sample: sampleId };
  return ['enrolled', { person: result.person, samples: result.samples }];
}

/** 1:1: the main face against one person's samples. */
async function verify({ RED, gallery, config, message }: Task): Promise<Outcome> {
  const person = personOf(config, message);
  const face = mainFace(measured(facesOf(message)));
  const { embedding, embeddingModel: id } = face;
  const threshold = config.threshold ?? ownThreshold(modelOf(RED, config, id), id);
  const result = await gallery.verify(embedding, person, id, threshold);
  message.payload = result;
  return [result.same ? 'same' : 'different', { person, similarity: result.similarity.toFixed(2) }];
}

/** One sample when msg.sample says which, else all of a person. */
async function remove({ gallery, config, message }: Task): Promise<Outcome> {
  const sample = message['sample'];
  const result =
    sample === undefined
      ? await gallery.remove(personOf(config, message))
      : await gallery.removeSample(numberIn(sample, 'msg.sample', { min: 0, integer: true }));
  message.payload = result;
  return ['removed', { person: result.person }];
}

async function rename({ gallery, config, message }: Task): Promise<Outcome> {
  const to = nonEmptyString(message['newName'], 'msg.newName');
  const result = await gallery.rename(personOf(config, message), to, { merge: message['merge'] === true });
  message.payload = result;
  return ['renamed', { person: result.person }];
}

async function list({ gallery, message }: Task): Promise<Outcome> {
  const people = await gallery.list();
  message.payload = people;
  return ['listed', { people: people.length }];
}

/** All that is kept of a person, as they may ask to see it. */
async function exportPerson({ gallery, config, message }: Task): Promise<Outcome> {
  const document = await gallery.export(personOf(config, message));
  message.payload = document;
  return ['exported', { person: document.person, samples: document.samples.length }];
}

/** The person of such a document, into this gallery. */
async function importPerson({ gallery, message }: Task): Promise<Outcome> {
  const result = await gallery.import(message.payload, 'msg.payload');
  message.payload = result;
  return ['enrolled', { person: result.person, samples: result.samples }];
}

/** Everybody who can still be read in a store that may be damaged. */
export async function salvage(store: StoreNode, message: NodeMessage): Promise<Outcome> {
  const { people, damaged } = await store.salvage();
  message.payload = { people, damaged };
  return ['salvaged', { people: people.length, damaged: damaged.length }];
}

function personOf(config: GalleryConfig, message: NodeMessage): string {
  return config.person === '' ? nonEmptyString(message['person'], 'msg.person') : config.person;
}

/** The message's faces; what a gallery reads of them is checked by the names that it has in the message. */
function facesOf(message: NodeMessage): readonly Face[] {
  const faces = toFaces(message['faces']);
  faces.forEach(({ embedding, embeddingModel }, index) => {
    if (embedding === undefined) return;
    unitEmbedding(embedding, `msg.faces[${index}].embedding`);
    modelId(embeddingModel, `msg.faces[${index}].embeddingModel`);
  });
  return faces;
}

/** Without its measures a face would pass every rule of enrolment. */
function measured(faces: readonly Face[]): readonly Face[] {
  faces.forEach(({ quality }, index) => {
    for (const measure of ['size', 'yaw', 'pitch'] as const)
      numberIn(quality[measure], `msg.faces[${index}].quality.${measure}`);
  });
  return faces;
}

function byModel(faces: readonly Face[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  faces.forEach(({ embedding, embeddingModel }, index) => {
    if (!embedding || embeddingModel === undefined) return;
    groups.set(embeddingModel, [...(groups.get(embeddingModel) ?? []), index]);
  });
  if (groups.size === 0 && faces.some((face) => !face.embeddingSkipped)) throw noEmbedding();
  return groups;
}

/** Who stands before the camera: the largest face. */
function mainFace(faces: readonly Face[]): EmbeddedFace {
  const [main] = [...faces].sort((a, b) => b.quality.size - a.quality.size);
  if (!main)
    throw new ArcFlowError(
      'INVALID_ARGUMENT',
      'Expected a face to verify but the picture shows none',
      'no face',
    );
  const { embedding, embeddingModel } = main;
  if (!embedding || embeddingModel === undefined) throw noEmbedding();
  return { ...main, embedding, embeddingModel };
}

function noEmbedding(): ArcFlowError {
  return new ArcFlowError(
    'INVALID_ARGUMENT',
    'Expected faces with embeddings (wire arcface-embed before) for msg.faces but they have none',
    'no embedding',
  );
}

/** The node's own number; else the model's, raised with the gallery where the model tells how similar different people are. */
function matchThreshold(RED: NodeAPI, config: GalleryConfig, id: string): MatchOptions['threshold'] {
  if (config.threshold !== undefined) return config.threshold;
  const model = modelOf(RED, config, id);
  const least = ownThreshold(model, id);
  return model && config.raiseThreshold ? (samples) => raisedThreshold(model, samples) ?? least : least;
}

/** The threshold that the evaluation found for a model; one of the user's own may state its own in its manifest. */
function ownThreshold(model: EmbedModel | undefined, id: string): number {
  if (model?.threshold === undefined) {
    throw new ArcFlowError(
      'INVALID_ARGUMENT',
      `Expected a threshold to be set in the gallery node: the model ${id} declares none`,
      'no threshold',
    );
  }
  return model.threshold;
}

function modelOf(RED: NodeAPI, config: GalleryConfig, id: string): EmbedModel | undefined {
  const models =
    config.runtime === '' ? embedModels(readManifest()) : runtimeOf(RED, config.runtime).embedModels;
  return models.find((model) => model.id === id);
}
