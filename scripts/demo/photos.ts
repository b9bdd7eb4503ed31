/** Recognises photographs through the example flow "recognise-photos". */
import { relative, sep } from 'node:path';
import { listImages } from '../../lib/image/folder';
import { exampleFlow } from './example-flow';
import { startNodeRed, type Delivery } from './node-red';
import type { Folders } from './samples';
import { enrolmentOf, errorOf, fail, reasonOf, say, sourceTypeOf } from './say';

interface Result {
  readonly file: string;
  readonly faces: readonly {
    readonly person: string | null;
    readonly similarity: number;
    readonly known: boolean;
  }[];
  /** Why a photograph could not be looked at. */
  readonly error?: string;
}

export interface PhotoOptions extends Folders {
  readonly userDir: string;
  /** Gets annotated copies. */
  readonly out: string;
  readonly port: number;
  readonly once: boolean;
  readonly json: boolean;
}

export async function recognisePhotos(options: PhotoOptions): Promise<void> {
  const { userDir, people, photos, out, port, once, json } = options;
  await listImages(people);
  await listImages(photos);
  const print = (result: Result): void =>
    void process.stdout.write(json ? `${JSON.stringify(result)}\n` : describe(result));
  const flow = exampleFlow('recognise-photos', {
    PEOPLE: people,
    PHOTOS: photos,
    OUT: out,
    SKIP: folderInside(people, photos),
  });
  const finished = new Promise<void>((done) => {
    const onDelivery = ({ msg, destination }: Delivery): void => {
      if (destination.id === 'rp-results') print(msg['payload'] as Result);
      if (destination.id === 'rp-errors') {
        say(`! ${errorOf(msg)}`);
        // Without its photographs the flow does not come to an end.
        if (sourceTypeOf(msg) === 'face-folder-source') process.exit(1);
        if (json && isPhoto(msg)) print({ file: msg['filename'], faces: [], error: reasonOf(msg) });
      }
      if (destination.id === 'rp-enrolled' && !json) say(`enrolled ${enrolmentOf(msg).text}`);
      if (destination.id === 'rp-done') done();
    };
    void startNodeRed({ userDir, flow, port, onDelivery }).then(async (nodeRed) => {
      if (!json) say(`Node-RED's editor: ${nodeRed.address}\n`);
      nodeRed.receive('rp-start');
      await finished;
      if (!json) say(`\nAnnotated copies: ${out}`);
      if (once) await nodeRed.stop();
      else say('Stop with Ctrl+C.');
    }, fail);
  });
  await finished;
}

type Message = Delivery['msg'];

/** A photograph to recognise, not one to enrol. */
function isPhoto(message: Message): message is Message & { filename: string } {
  return typeof message['filename'] === 'string' && message['person'] === undefined;
}

/** The photographs may lie in a folder among those of the people: that one is no person. */
function folderInside(people: string, photos: string): string {
  const [first = ''] = relative(people, photos).split(sep);
  return first === '..' ? '' : first;
}

function describe({ file, faces }: Result): string {
  const name = (face: Result['faces'][number]): string =>
    `${face.person ?? 'a stranger'} (${face.similarity.toFixed(2)})`;
  return `${file}\n    ${faces.length === 0 ? 'nobody' : faces.map(name).join(', ')}\n`;
}
