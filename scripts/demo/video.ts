/** Plays a clip through the example flow "camera-preview", the clip in place of its camera, and prints the events. */
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isRecord } from '../../lib/core/validate';
import type { FaceEvent } from '../../lib/tracking/event-machine';
import { exampleFlow } from './example-flow';
import { JUDGE, LEAST_SIMILARITY } from './judge';
import { startNodeRed, type Completion, type Delivery } from './node-red';
import { layOutPeople } from './people';
import { enrolmentOf, errorOf, say } from './say';

export interface VideoOptions {
  readonly userDir: string;
  readonly video: string;
  /** Photographs or clips: in one folder for each person, or named after the person. */
  readonly people: string;
  /** Least similarity for a name, -1..1; undefined judges each face by its size. */
  readonly threshold: number | undefined;
  readonly port: number;
  readonly once: boolean;
  readonly json: boolean;
}

/** Pixels: faces of people on a stage in a 360p clip have 24. */
const SMALLEST_FACE = 20;

/** Times as if the clip had been filmed now. */
type Event = Pick<
  FaceEvent,
  'event' | 'person' | 'strangerId' | 'similarity' | 'votes' | 'firstTime' | 'lastTime'
>;

export async function playVideo(options: VideoOptions): Promise<void> {
  const { userDir, video, people, threshold, port, once, json } = options;
  await requireClip(video);
  const staged = join(userDir, 'people');
  const wanted = await layOutPeople(people, staged);
  const judged = threshold === undefined;
  const flow = exampleFlow(
    'camera-preview',
    { PEOPLE: staged },
    {
      'cp-camera': { name: basename(video), kind: 'file', path: video, pace: 'flow' },
      'cp-detect': { minFaceSize: SMALLEST_FACE },
      // Small faces need what accuracy there is: embeddings averaged with their mirror image.
      'cp-embed-person': { flip: true },
      'cp-embed': { flip: true },
      'cp-match': judged ? { threshold: LEAST_SIMILARITY, wires: [[JUDGE.id]] } : { threshold },
    },
  );

  const completions = new CompletionWaits();
  const known = new Set<string>();
  const onDelivery = ({ msg, destination }: Delivery): void => {
    if (destination.id === 'cp-event')
      process.stdout.write(json ? `${JSON.stringify(msg['payload'])}\n` : describe(msg['payload'] as Event));
    if (destination.id === 'cp-errors') say(`! ${errorOf(msg)}`);
    if (destination.id === 'cp-enrol-result') {
      const { person, text } = enrolmentOf(msg);
      known.add(person);
      if (!json) say(`enrolled ${text}`);
    }
  };
  const onCompletion = (completion: Completion): void => completions.note(completion);
  const nodes = judged ? [...flow, JUDGE] : flow;
  const nodeRed = await startNodeRed({ userDir, flow: nodes, port, onDelivery, onCompletion });
  if (!json) say(`Node-RED's editor: ${nodeRed.address}, the preview: ${nodeRed.address}api/faces\n`);
  try {
    const enrolled = completions.of('cp-people');
    nodeRed.receive('cp-enrol');
    await enrolled;
    if (known.size === 0) throw new Error(`Nobody could be enrolled from ${people}`);
    for (const person of wanted) if (!known.has(person)) say(`! ${person} could not be enrolled`);
    const watched = completions.of(
      'cp-events',
      ({ payload }) => isRecord(payload) && payload['state'] === 'ended',
    );
    const started = completions.of('cp-camera');
    nodeRed.receive('cp-start');
    await started;
    const { payload } = await watched;
    if (isRecord(payload) && typeof payload['reason'] === 'string')
      throw new Error(`The clip ${video} cannot be played: ${payload['reason']}`);
    if (!once) say('Stop with Ctrl+C.');
  } catch (error) {
    await nodeRed.stop();
    throw error;
  }
  if (once) await nodeRed.stop();
}

async function requireClip(path: string): Promise<void> {
  const file = await stat(path).catch(() => undefined);
  if (!file?.isFile()) throw new Error(`Expected a clip for --video but there is no file ${path}`);
}

type Message = Completion['msg'];

/** Waits for nodes to be done with messages. */
class CompletionWaits {
  private waits: { readonly note: (completion: Completion) => boolean }[] = [];

  note(completion: Completion): void {
    this.waits = this.waits.filter((wait) => !wait.note(completion));
  }

  /** The next message that a node is done with; rejects when the node failed on it. */
  of(id: string, wanted: (message: Message) => boolean = () => true): Promise<Message> {
    return new Promise((resolve, reject) => {
      const note = ({ msg, node, error }: Completion): boolean => {
        if (node.id !== id || !wanted(msg)) return false;
        if (error) reject(error);
        else resolve(msg);
        return true;
      };
      this.waits.push({ note });
    });
  }
}

function describe({ event, person, strangerId, similarity, votes, firstTime, lastTime }: Event): string {
  const seconds = ((lastTime - firstTime) / 1000).toFixed(1);
  const details = `similarity ${similarity.toFixed(2)}, votes ${votes}, in sight for ${seconds} s`;
  return `${event.padEnd(8)} ${person ?? strangerId ?? 'a stranger'} (${details})\n`;
}
