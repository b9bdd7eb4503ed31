/** A process that has a gallery open and does what it is told, until it is killed. Argument: the built open-gallery.js. */
import { createRequire } from 'node:module';
import type { GalleryHandle, openGallery } from '../../../lib/gallery/open-gallery';
import type { Gallery } from '../../../lib/gallery/gallery';
import type { Change, Contents, Probe, StoreCommand, StoreReport } from './store-messages';

const LEAST = { threshold: -1, topK: 1 };
/** So often everything is read before the reading is under way. */
const ROUNDS_BEFORE_READING = 2;

const library = createRequire(__filename)(process.argv[2]!) as { openGallery: typeof openGallery };
let handle: GalleryHandle | undefined;

function report(message: StoreReport): void {
  if (process.connected) process.send?.(message);
}

function fail(error: unknown): void {
  const { message, code } = error as Partial<Record<'message' | 'code', string>>;
  report({ type: 'failed', reason: message ?? String(error), code: code ?? '' });
}

async function contentsOf(gallery: Gallery, probes: readonly Probe[]): Promise<Contents> {
  const people = [];
  for (const { person, samples } of await gallery.list())
    people.push({ person, count: samples, samples: await gallery.samples(person) });
  const nearest = [];
  for (const { embedding, model } of probes) {
    const [match] = await gallery.match([embedding], model, LEAST);
    nearest.push(match?.person ?? null);
  }
  return { people, models: await gallery.models(), nearest };
}

async function open(directory: string, probes: readonly Probe[]): Promise<void> {
  handle = await library.openGallery(directory);
  report({ type: 'opened', contents: await contentsOf(handle.gallery, probes) });
}

async function read(directory: string, probe: Probe): Promise<never> {
  handle = await library.openGallery(directory);
  for (let round = 0; ; round++) {
    await contentsOf(handle.gallery, [probe]);
    if (round === ROUNDS_BEFORE_READING) report({ type: 'reading' });
  }
}

function make(gallery: Gallery, change: Change): Promise<unknown> {
  switch (change.kind) {
    case 'enrol':
      return gallery.enrol(change.person, change.sample);
    case 'import':
      return gallery.import(change.document);
    case 'remove':
      return gallery.remove(change.person);
    case 'removeSample':
      return gallery.removeSample(change.id);
    case 'rename':
      return gallery.rename(change.from, change.to, { merge: change.merge });
  }
}

async function close(): Promise<void> {
  await handle?.close();
  handle = undefined;
  report({ type: 'closed' });
}

process.on('message', (command: StoreCommand) => {
  switch (command.type) {
    case 'open':
      return void open(command.directory, command.probes ?? []).catch(fail);
    case 'close':
      return void close().catch(fail);
    case 'read':
      return void read(command.directory, command.probe).catch(fail);
    case 'change': {
      const { id, change } = command;
      // Several changes may be under way at the same time.
      return void make(handle!.gallery, change).then(
        () => report({ type: 'changed', id }),
        (error: unknown) =>
          report({ type: 'refused', id, reason: error instanceof Error ? error.message : String(error) }),
      );
    }
  }
});
process.on('disconnect', () => process.exit());
report({ type: 'ready' });
