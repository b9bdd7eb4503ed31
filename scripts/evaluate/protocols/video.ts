/**
 * A clip and photographs of the people in it: who was seen in which seconds. Every frame is judged by itself, so that
 * the figure is that of the networks; what tracking and voting over frames add is left to the flow.
 */
import { basename } from 'node:path';
import { dot } from '../../../lib/core/vector';
import type { Frame } from '../../../lib/image/frame';
import { toDetectOptions, type DetectOptions } from '../../../lib/detect/mtcnn/options';
import { VideoSource } from '../../../lib/video/source/video-source';
import { imageCounts, imageRows } from '../image-counts';
import { describeRuns, sightings, type Recognised } from '../metrics/sightings';
import { isFolder, requireFolder } from '../pipeline/files';
import { Progress } from '../../shared/progress';
import type { Outcome, Protocol, SummaryRow } from '../protocol';
import { readReferences, type PersonImage } from '../readers/people';
import { videoSections } from '../report/video';
import type { Session } from '../session';
import { secondsSince, similarityText } from '../text';

/** Faces down to this side are looked for, pixels. */
const MIN_FACE = 20;

export const video: Protocol = {
  name: 'video',
  help: 'who is seen in which seconds of a clip, by reference photographs',
  usage: '--clip PATH --references DIR',
  options: [
    { name: 'clip', value: 'PATH', help: 'a video file, an animated GIF, or a folder of frames' },
    {
      name: 'references',
      value: 'DIR',
      help: 'a photograph of each person, named after them, or a folder for each',
    },
    { name: 'threshold', value: 'N', help: 'similarity from which a face is known (default: the model’s)' },
    { name: 'min-face', value: 'PIXELS', help: `smallest face to find (default ${MIN_FACE})` },
    {
      name: 'fps',
      value: 'N',
      help: 'look at no more frames a second (default: all); the rate of a folder of frames (25)',
    },
  ],
  async run(args, session) {
    const clip = args.required('clip');
    const folder = await requireFolder(args.required('references'), '--references');
    const fps =
      args.optional('fps') === undefined ? undefined : args.number('fps', 1, { min: 0.01, max: 1000 });
    const { threshold = NO_DEFAULT } = session.model;
    return evaluateVideo(
      {
        source: await openClip(clip, fps),
        references: await readReferences(folder),
        threshold: args.number('threshold', threshold, { min: -1, max: 1 }),
        options: toDetectOptions({ minFaceSize: args.number('min-face', MIN_FACE, { min: 12, max: 4096 }) }),
        clip,
      },
      session,
    );
  },
};

async function openClip(clip: string, fps: number | undefined): Promise<VideoSource> {
  if (await isFolder(clip)) {
    const rate = fps === undefined ? {} : { framesPerSecond: fps };
    return new VideoSource({ input: { kind: 'pictures', folder: clip, pace: 'flow', ...rate } });
  }
  const rate = fps === undefined ? {} : { maxFramesPerSecond: fps };
  return new VideoSource({ input: { kind: 'file', path: clip, pace: 'flow' }, ...rate });
}

/** For a model of the user's own that states no threshold: nobody is known until one is given. */
const NO_DEFAULT = 1;

interface Job {
  readonly source: VideoSource;
  readonly clip: string;
  readonly references: readonly PersonImage[];
  readonly threshold: number;
  readonly options: DetectOptions;
}

async function evaluateVideo(
  { source, clip, references, threshold, options }: Job,
  session: Session,
): Promise<Outcome> {
  const started = performance.now();
  const embedder = await session.embedder();
  const images = references.map(({ image }) => image);
  const embedded = await embedder.embedAll(images, 'references');
  const gallery = embedded.flatMap((result, index) =>
    result.status === 'embedded' ? [{ person: references[index]!.person, embedding: result.embedding }] : [],
  );
  if (gallery.length === 0) throw new Error('Not one reference photograph can be read and has a face');

  const recognise = (embedding: Float32Array): Omit<Recognised, 'time'> => {
    const best = gallery
      .map((sample) => ({ person: sample.person, similarity: dot(embedding, sample.embedding) }))
      .reduce((highest, candidate) => (candidate.similarity > highest.similarity ? candidate : highest));
    return { person: best.similarity >= threshold ? best.person : null, similarity: best.similarity };
  };
  const frames = await watch(source, options, session, recognise);

  const recognised = frames.flatMap(({ faces }) => faces);
  const people = [...new Set(references.map(({ person }) => person))];
  const seen = sightings(people, recognised);
  const duration = frames.at(-1)?.time ?? 0;
  const counts = imageCounts(images, embedded);
  const withFaces = frames.filter(({ faces }) => faces.length > 0).length;
  const strangers = recognised.filter(({ person }) => person === null);
  return {
    title: `Who is seen in ${basename(clip)}`,
    result: {
      protocol: 'video',
      clip,
      model: session.model.id,
      flip: session.flip,
      threshold,
      people: seen,
      strangerSeconds: [...new Set(strangers.map(({ time }) => Math.floor(time)))].sort((a, b) => a - b),
      strangerFaces: strangers.length,
      frames: frames.length,
      framesWithFaces: withFaces,
      duration,
      minFace: options.minFaceSize,
      ...counts,
      seconds: secondsSince(started),
    },
    summary: [
      ...seen.map(({ person, seconds, frames: count, best }): SummaryRow => ({
        label: person,
        value:
          count === 0
            ? 'never'
            : `seconds ${describeRuns(seconds)}; ${count} frames, best similarity ${similarityText(best)}`,
      })),
      { label: 'Strangers', value: `${strangers.length} faces` },
      { label: 'Frames', value: `${frames.length} in ${duration.toFixed(1)} s, ${withFaces} with faces` },
      { label: 'Threshold', value: similarityText(threshold) },
      ...imageRows(counts).map(({ label, value }) => ({
        label: `References: ${label.toLowerCase()}`,
        value,
      })),
      { label: 'Model', value: `${session.model.id}${session.flip ? ', flip averaged' : ''}` },
    ],
    sections: () => videoSections({ sightings: seen, duration, references, embedder }),
  };
}

interface SeenFrame {
  /** Seconds from the start of the clip. */
  readonly time: number;
  readonly faces: readonly Recognised[];
}

/** Looks at all frames, as many at a time as there are engines; the result is in the clip's order. */
async function watch(
  source: VideoSource,
  options: DetectOptions,
  session: Session,
  recognise: (embedding: Float32Array) => Omit<Recognised, 'time'>,
): Promise<SeenFrame[]> {
  const { model, flip } = session;
  let failure: Error | undefined;
  source.on('state', (state) => {
    if (state.state === 'ended' || state.state === 'lost') failure = state.error;
  });
  let first: number | undefined;
  let turn: Promise<Frame | undefined> = Promise.resolve(undefined);
  // The source hands the same frame to all who wait at a time: engines ask one after the other.
  const next = () => (turn = turn.then(() => source.take()));
  const progress = new Progress('video', undefined);
  try {
    await source.start();
    const seen = await session.pool.drain(next, async (frame, engine): Promise<SeenFrame> => {
      first ??= frame.timestamp;
      const time = (frame.timestamp - first) / 1000;
      const { faces } = await engine.call('detect', frame, {}, options);
      const landmarks = faces.map((face) => face.landmarks);
      const embedded =
        faces.length === 0 ? [] : await engine.call('embed', frame, landmarks, { model, flip, crops: false });
      progress.step();
      return { time, faces: embedded.map(({ embedding }) => ({ time, ...recognise(embedding) })) };
    });
    if (failure) throw failure;
    return seen.sort((a, b) => a.time - b.time);
  } finally {
    progress.end();
    await source.close();
  }
}
