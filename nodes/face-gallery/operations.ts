/** What a gallery node does with one message, one function for each operation. */
import type { NodeAPI, NodeMessage } from 'node-red';
import type { Face } from '../../lib/core/face';
import { toFaces } from '../../lib/core/faces';
import { chooseFace } from '../../lib/gallery/enrolment';
import type { Gallery } from '../../lib/gallery/gallery';
import { modelId, unitEmbedding } from '../../lib/gallery/sample';
import { toFrame } from '../../lib/image/frame';
import { embedModels, readManifest } from '../../lib/models/manifest';
import { enrolFace } from '../../lib/recognition/enrol';
import { recogniseFaces, verifyFaces } from '../../lib/recognition/recognise';
import { lookUpIn, type ModelLookup } from '../../lib/recognition/thresholds';
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
  const faces = await recogniseFaces(gallery, modelsOf(RED, config), facesOf(message), config);
  message['faces'] = faces;
  const known = faces.filter((face) => face.match?.known).length;
  const compared = faces.filter((face) => face.match).length;
  return ['matched', { known, strangers: compared - known }];
}

async function enrol({ RED, gallery, config, message }: Task): Promise<Outcome> {
  const person = personOf(config, message);
  const face = chooseFace(measured(facesOf(message)), config);
  const frame = message['frame'] === undefined ? undefined : toFrame(message['frame']);
  const engine = config.runtime === '' || !frame ? undefined : runtimeOf(RED, config.runtime).engine;
  const confirmed = message['confirm'] === true;
  const result = await enrolFace({ gallery, engine }, person, face, { frame, confirmed });
  const { sampleId, ...rest } = result;
  message.payload = { ...rest, sample: sampleId };
  return ['enrolled', { person: result.person, samples: result.samples }];
}

/** 1:1: the main face against one person's samples. */
async function verify({ RED, gallery, config, message }: Task): Promise<Outcome> {
  const person = personOf(config, message);
  const faces = measured(facesOf(message));
  const result = await verifyFaces(gallery, modelsOf(RED, config), faces, person, config.threshold);
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

/** Asks for the runtime only where a model is looked up: a threshold of one's own needs none. */
function modelsOf(RED: NodeAPI, { runtime }: GalleryConfig): ModelLookup {
  return (id) =>
    lookUpIn(runtime === '' ? embedModels(readManifest()) : runtimeOf(RED, runtime).embedModels)(id);
}
