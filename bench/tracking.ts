/**
 * What following faces saves, and what it costs in faces found: the clips of ../shared/data/video through detection,
 * embedding and the watch, once with all work on every frame and then with less and less of it.
 *
 *   npx ts-node bench/tracking.ts
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Networks } from '../lib/engine/networks';
import { Operations } from '../lib/engine/operations';
import type { Face, Match } from '../lib/core/face';
import type { Frame } from '../lib/image/frame';
import { toDetectOptions, type DetectOptions } from '../lib/detect/mtcnn/options';
import { DEFAULT_EMBED_MODEL, embedModels, findEmbedModel, readManifest } from '../lib/models/manifest';
import { FaceWatch } from '../lib/tracking/face-watch';
import { similarity } from '../lib/tracking/appearance';
import { VideoSource } from '../lib/video/source/video-source';

const VIDEOS = join(__dirname, '..', '..', 'shared', 'data', 'video');

interface Clip {
  readonly name: string;
  readonly file: string;
  /** Person → photograph. */
  readonly references: Readonly<Record<string, string>>;
  readonly minFaceSize: number;
}

const CLIPS: readonly Clip[] = [
  {
    name: 'hamilton, 640 × 360',
    file: 'hamilton/short_hamilton_clip.mp4',
    references: {
      Miranda: 'hamilton/references/lin_manuel_miranda.png',
      Lacamoire: 'hamilton/references/alex_lacamoire.png',
    },
    minFaceSize: 20,
  },
  {
    name: 'head_pose, 480 × 270',
    file: 'head_pose/head-pose-face-detection-female-and-male.gif',
    references: {
      woman: 'head_pose/references/female.png',
      man: 'head_pose/references/male.png',
    },
    minFaceSize: 40,
  },
];

interface Mode {
  readonly name: string;
  /** Ask the watch which faces to embed. */
  readonly skipKnown: boolean;
  /** Ask the watch where to detect; 1 is everywhere. */
  readonly fullEvery: number;
}

const MODES: readonly Mode[] = [
  { name: 'everything on every frame', skipKnown: false, fullEvery: 1 },
  { name: 'known faces not embedded again', skipKnown: true, fullEvery: 1 },
  { name: 'and full search every 3rd frame', skipKnown: true, fullEvery: 3 },
  { name: 'every 5th', skipKnown: true, fullEvery: 5 },
  { name: 'every 10th', skipKnown: true, fullEvery: 10 },
];

/**
 * The modes take turns, and of so many runs the best is kept for each frame: the work is the same each time, so other
 * work on the machine shows little.
 */
const RUNS = 2;

interface Result {
  /** Best time of each frame, decoding apart. */
  readonly ms: number[];
  embeddings: number;
  /** Person → frames in which she is named. */
  named: ReadonlyMap<string, number>;
}

interface Gallery {
  readonly samples: ReadonlyMap<string, Face>;
  readonly threshold: number;
}

const model = findEmbedModel(embedModels(readManifest()), DEFAULT_EMBED_MODEL);
const operations = new Operations(new Networks({ provider: 'cpu', threads: 1 }));

async function embed(frame: Frame, faces: readonly Face[]): Promise<Face[]> {
  if (faces.length === 0) return [];
  const landmarks = faces.map((face) => face.landmarks);
  const embedded = await operations.embed(frame, landmarks, { model, flip: false, crops: false });
  return faces.map((face, index) => {
    const { embedding, sharpness } = embedded[index]!;
    return { ...face, embedding, embeddingModel: model.id, quality: { ...face.quality, sharpness } };
  });
}

async function enrol({ references, minFaceSize }: Clip): Promise<Gallery> {
  const samples = new Map<string, Face>();
  for (const [person, path] of Object.entries(references)) {
    const photo = await readFile(join(VIDEOS, path));
    const { frame, faces } = await operations.detect(
      photo,
      {},
      toDetectOptions({ minFaceSize, maxFaces: 1 }),
    );
    const [face] = await embed(frame, faces);
    if (!face) throw new Error(`${path} shows no face`);
    samples.set(person, face);
  }
  return { samples, threshold: model.threshold ?? 0 };
}

function match(face: Face, { samples, threshold }: Gallery): Face {
  const candidates = [...samples]
    .map(([person, sample]) => ({ person, similarity: similarity(face, sample) ?? 0 }))
    .sort((a, b) => b.similarity - a.similarity);
  const best = candidates[0]!;
  const known = best.similarity >= threshold;
  const matched: Match = { ...best, person: known ? best.person : null, threshold, known, candidates };
  return { ...face, match: matched };
}

async function framesOf({ file }: Clip): Promise<Frame[]> {
  const source = new VideoSource({ input: { kind: 'file', path: join(VIDEOS, file), pace: 'flow' } });
  const frames: Frame[] = [];
  await source.start();
  for (let frame = await source.take(); frame; frame = await source.take()) frames.push(frame);
  await source.close();
  return frames;
}

/** Plays the clip once and notes the better times. */
async function run(
  clip: Clip,
  frames: readonly Frame[],
  gallery: Gallery,
  mode: Mode,
  result: Result,
): Promise<void> {
  const options = toDetectOptions({ minFaceSize: clip.minFaceSize });
  const watch = new FaceWatch({ fullEvery: mode.fullEvery });
  const named = new Map<string, number>();
  let embeddings = 0;
  for (const [index, frame] of frames.entries()) {
    const started = performance.now();
    const faces = await detect(frame, watch, options, mode);
    const wanted = mode.skipKnown ? watch.wanted(frame, faces) : faces.map(() => true);
    const chosen = faces.filter((_, at) => wanted[at]);
    const recognised = (await embed(frame, chosen)).map((face) => match(face, gallery));
    const results = faces.map((face) => recognised[chosen.indexOf(face)] ?? face);
    const people = watch.update(frame, results).faces.map(({ identity }) => identity.person);
    result.ms[index] = Math.min(result.ms[index] ?? Infinity, performance.now() - started);
    embeddings += chosen.length;
    for (const person of people) if (person !== null) named.set(person, (named.get(person) ?? 0) + 1);
  }
  Object.assign(result, { embeddings, named });
}

async function detect(
  frame: Frame,
  watch: FaceWatch,
  options: DetectOptions,
  mode: Mode,
): Promise<readonly Face[]> {
  const plan = mode.fullEvery > 1 ? watch.plan(frame) : { full: true as const };
  const { faces } = await operations.detect(frame, {}, options, plan.full ? undefined : plan.regions);
  return faces;
}

async function main(): Promise<void> {
  for (const clip of CLIPS) {
    if (!existsSync(join(VIDEOS, clip.file))) {
      console.log(`${clip.name}: not measured, ../shared/data/video/${clip.file} is not there`);
      continue;
    }
    const frames = await framesOf(clip);
    const gallery = await enrol(clip);
    const results = MODES.map((): Result => ({ ms: [], embeddings: 0, named: new Map() }));
    for (let repeat = 0; repeat < RUNS; repeat++)
      for (const [index, mode] of MODES.entries()) await run(clip, frames, gallery, mode, results[index]!);
    print(clip, [...gallery.samples.keys()], results);
  }
}

function print({ name, minFaceSize }: Clip, people: readonly string[], results: readonly Result[]): void {
  const frames = results[0]!.ms.length;
  console.log(`\n${name}, ${frames} frames, smallest face ${minFaceSize} px\n`);
  console.log(
    `| work | frames/s | embeddings | ${people.map((person) => `${person} named in`).join(' | ')} |`,
  );
  console.log(`| --- | --: | --: |${people.map(() => ' --: |').join('')}`);
  for (const [index, { ms, embeddings, named }] of results.entries()) {
    const fps = (1000 * frames) / ms.reduce((sum, value) => sum + value, 0);
    const shares = people.map((person) => {
      const count = named.get(person) ?? 0;
      const all = results[0]!.named.get(person) ?? 0;
      return `${count} frames (${all > 0 ? Math.round((100 * count) / all) : '–'} %)`;
    });
    console.log(`| ${MODES[index]!.name} | ${fps.toFixed(1)} | ${embeddings} | ${shares.join(' | ')} |`);
  }
}

void main();
