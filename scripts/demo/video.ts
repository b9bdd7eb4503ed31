/** Plays a clip through the example flow "camera-preview", the clip in place of its camera, and prints the events. */
import { basename, join } from 'node:path';
import { isRecord } from '../../lib/validate';
import { exampleFlow } from './example-flow';
import { startNodeRed, type Completion, type Delivery } from './node-red';
import { layOutPeople } from './people';
import { enrolmentOf, errorOf, say } from './say';

export interface VideoOptions {
  readonly userDir: string;
  readonly video: string;
  /** Photographs: in one folder for each person, or named after the person. */
  readonly people: string;
  /** Least similarity for a name, as text; undefined takes DEMO_THRESHOLD. */
  readonly threshold: string | undefined;
  readonly port: number;
  readonly once: boolean;
  readonly json: boolean;
}

/** Pixels: faces of people on a stage in a 360p clip have 24. */
const SMALLEST_FACE = 20;

/**
 * Below the model's default of 0.34, which lets one picture in a thousand of a stranger pass: in a clip several frames
 * have to agree before somebody is named, and the demo knows few people.
 */
const DEMO_THRESHOLD = '0.25';

interface Event {
  readonly event: string;
  readonly person: string | null;
  readonly strangerId: string | null;
  readonly similarity: number;
  readonly votes: number;
  /** Milliseconds since 1970, as if the clip had been filmed now. */
  readonly firstTime: number;
  readonly lastTime: number;
}

export async function playVideo(options: VideoOptions): Promise<void> {
  const { userDir, video, people, threshold = DEMO_THRESHOLD, port, once, json } = options;
  const staged = join(userDir, 'people');
  await layOutPeople(people, staged);
  const flow = exampleFlow(
    'camera-preview',
    { PEOPLE: staged },
    {
      'cp-camera': { name: basename(video), kind: 'file', path: video, pace: 'flow' },
      'cp-detect': { minFaceSize: SMALLEST_FACE },
      // Small faces need what accuracy there is: embeddings averaged with their mirror image.
      'cp-embed-person': { flip: true },
      'cp-embed': { flip: true },
      'cp-match': { threshold },
    },
  );

  const completions = new CompletionWaits();
  const onDelivery = ({ msg, destination }: Delivery): void => {
    if (destination.id === 'cp-event')
      process.stdout.write(json ? `${JSON.stringify(msg['payload'])}\n` : describe(msg['payload'] as Event));
    if (destination.id === 'cp-errors') say(`! ${errorOf(msg)}`);
    if (destination.id === 'cp-enrol-result' && !json) say(`enrolled ${enrolmentOf(msg)}`);
  };
  const onCompletion = (completion: Completion): void => completions.note(completion);
  const nodeRed = await startNodeRed({ userDir, flow, port, onDelivery, onCompletion });
  if (!json) say(`Node-RED's editor: ${nodeRed.address}, the preview: ${nodeRed.address}api/faces\n`);
  try {
    const enrolled = completions.of('cp-people');
    nodeRed.receive('cp-enrol');
    await enrolled;
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
