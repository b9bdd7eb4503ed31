/** Whom to enrol, laid out as the example flows expect it: one folder for each person, with pictures in it. */
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { encodeFrame, type EncodeOptions } from '../../lib/image/encode';
import { IMAGE_EXTENSIONS, listFiles } from '../../lib/image/folder';
import type { Frame } from '../../lib/image/frame';
import { VideoSource } from '../../lib/video/source/video-source';

/** An animated GIF is a clip; so is one with a single frame. */
const CLIP_EXTENSIONS: ReadonlySet<string> = new Set(
  '.gif .mkv .mp4 .m4v .mov .avi .webm .mpg .mpeg .ts .mjpeg'.split(' '),
);
/** Looks at a clip each second, and of how long a clip: a person turns the head in the meantime. */
const LOOKS_PER_SECOND = 4;
const LOOKS = 60;
/** Of the looks, spread over the clip. */
const PICTURES_OF_CLIP = 8;
const PICTURE: EncodeOptions = { format: 'png', quality: 100 };

/**
 * Copies the photographs of a folder to another, each into its person's folder, and of each clip some of its frames.
 * A file that lies in no sub-folder shows the person that it is named after.
 * @returns the names of the people
 * @throws ArcFlowError INVALID_ARGUMENT when the folder is missing or holds neither photograph nor clip;
 * SOURCE_UNAVAILABLE when a clip cannot be played
 */
export async function layOutPeople(from: string, to: string): Promise<string[]> {
  const files = await listFiles(
    from,
    new Set([...IMAGE_EXTENSIONS, ...CLIP_EXTENSIONS]),
    'images and no clips',
  );
  await rm(to, { recursive: true, force: true });
  const people = new Set<string>();
  for (const { path, person = basename(path, extname(path)) } of files) {
    const folder = join(to, person);
    await mkdir(folder, { recursive: true });
    if (CLIP_EXTENSIONS.has(extname(path).toLowerCase())) await writePictures(path, folder);
    else await copyFile(path, join(folder, basename(path)));
    people.add(person);
  }
  return [...people];
}

/** Writes frames of a clip as pictures. */
async function writePictures(clip: string, folder: string): Promise<void> {
  const frames = spread(await looksAt(clip), PICTURES_OF_CLIP);
  for (const [n, frame] of frames.entries())
    await writeFile(join(folder, `${basename(clip)}-${n + 1}.png`), await encodeFrame(frame, PICTURE));
}

async function looksAt(clip: string): Promise<Frame[]> {
  const source = new VideoSource({
    input: { kind: 'file', path: clip, pace: 'flow' },
    maxFramesPerSecond: LOOKS_PER_SECOND,
  });
  let failure: Error | undefined;
  source.on('state', (state) => {
    if (state.state === 'ended') failure = state.error;
  });
  const frames: Frame[] = [];
  try {
    await source.start();
    for (let frame = await source.take(); frame && frames.length < LOOKS; frame = await source.take())
      frames.push(frame);
  } finally {
    await source.close();
  }
  // The frames before the break in a broken clip are as good as any.
  if (failure && frames.length === 0) throw failure;
  return frames;
}

/** So many of the items at even distances; all where there are no more. */
function spread<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, n) => items[Math.floor(((n + 0.5) * items.length) / count)]!);
}
