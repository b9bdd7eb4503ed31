/** Odd pictures, messages and names for the real nodes of a real Node-RED: each is answered, and the next good one works. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { createRandom, oneAtRandom, type Random } from '../shared/random';
import { oddMessage, oddName } from './inputs/messages';
import { goodPictures, oddPicture } from './inputs/pictures';
import { Answers } from './inputs/answers';
import { prepareMaterial, type Material } from './parts/clip';
import { node } from './parts/flow';
import { describeCrash, Supervised, waysOf } from './parts/supervised';
import type { Trial } from './trial';

/** The answer to an odd input may take so long, and that to a good one, which waits behind it. */
const ANSWER_MS = 30_000;
const GOOD_MS = 90_000;
/** A good picture follows each so many odd inputs, and each that was not answered. */
const CHECK_EVERY = 5;
const PERSON = 'Anna';
/** Where an odd message can go in. */
const ENTRANCES = [
  'preprocess',
  'detect',
  'embed',
  'gallery',
  'events',
  'annotate',
  'folder',
  'video',
] as const;
const OUT = 'out';
const CAUGHT = 'caught';
const COMPLETED = 'completed';
const MOST_KEPT_KINDS = 8;

interface OddInput {
  readonly entrance: string;
  readonly kind: string;
  readonly message: Readonly<Record<string, unknown>>;
}

export const inputs: Trial = {
  name: 'inputs',
  help: 'send damaged pictures, broken messages and odd names to the nodes, and a good picture in between',
  counts: { what: 'inputs', usual: 500, most: 1_000_000 },
  options: [],
  async run(_args, { workplace, count, seed, step }) {
    const material = await prepareMaterial(workplace);
    const photo = readFileSync(join(material.people, PERSON, 'sample3.jpg'));
    const pictures = await goodPictures(photo);
    const good = await sharp(photo).resize({ width: 240 }).jpeg({ quality: 92 }).toBuffer();
    const answers = new Answers();
    const supervised = new Supervised(workplace, {
      flows: flowOf(material),
      onArrival: (arrival) => answers.note(arrival),
    });
    const kinds = { pictures: 0, messages: 0, names: 0 };
    const outcomes = { outputs: 0, errors: 0 };
    const hung: string[] = [];
    const silent: string[] = [];
    const wrong: string[] = [];
    const unreported: string[] = [];
    const slowest: { ms: number; kind: string }[] = [];
    let checks = 0;
    let recovered = 0;

    /** Sends a message in and waits for its answer. */
    const ask = async (gate: string, message: object, withinMs: number): ReturnType<Answers['of']> => {
      const nodeRed = await supervised.running();
      const _msgid = answers.newId();
      const answer = answers.of(_msgid, withinMs, nodeRed.gone);
      nodeRed.inject(gate, { ...message, _msgid });
      return answer;
    };
    const enrol = async (): Promise<void> => {
      const { arrival } = await ask('to enrol', { payload: good, person: PERSON }, GOOD_MS);
      if (arrival?.gate !== OUT)
        wrong.push(`A good picture could not be enrolled: ${arrival?.error?.message ?? 'no answer'}`);
    };
    const check = async (after: string): Promise<void> => {
      checks++;
      const { arrival } = await ask('to pictures', { payload: good }, GOOD_MS);
      if (arrival?.gate === OUT && arrival.people.includes(PERSON)) recovered++;
      else {
        const what =
          arrival?.error?.message ?? (arrival ? `${arrival.faces} faces, nobody known` : 'no answer');
        wrong.push(`The good picture after ${after}: ${what}`);
        if (!arrival) await supervised.abandon();
        // Whoever was known may be gone with what was asked for.
        await enrol();
      }
    };

    await supervised.running();
    await enrol();
    await check('the start');
    for (let n = 1; n <= count; n++) {
      const random = createRandom(seed * 1_000_003 + n);
      const { entrance, kind, message } = oddInput(random, pictures, kinds);
      const what = `input ${n} into ${entrance}: ${kind}`;
      const { arrival, ms } = await ask(`to ${entrance}`, message, ANSWER_MS);
      slowest.push({ ms, kind: what });
      slowest.sort((a, b) => b.ms - a.ms).splice(MOST_KEPT_KINDS);
      const died = supervised.noteDeath(what);
      if (died) await enrol();
      else if (!arrival) {
        // It is silent when others are answered meanwhile, and hung when they are not.
        const { arrival: next } = await ask('to pictures', { payload: good }, ANSWER_MS);
        (next ? silent : hung).push(what);
        if (!next) {
          await supervised.abandon();
          await enrol();
        }
      } else if (arrival.gate === CAUGHT) {
        outcomes.errors++;
        if (arrival.error?.message === undefined || arrival.error.message === '')
          unreported.push(`An error without a sentence: ${what}`);
      } else outcomes.outputs++;
      if (died || !arrival || n % CHECK_EVERY === 0 || n === count) await check(what);
      step();
    }
    const stopped = await supervised.stop('SIGTERM after the last input');
    const { crashes, faults } = supervised;
    return {
      result: {
        inputs: count,
        crashes: crashes.length,
        hung: hung.length,
        silent: silent.length,
        recovered,
        checks,
        ...kinds,
        ...outcomes,
        crashedWith: waysOf(crashes),
        stopsOk: stopped === true ? 1 : 0,
        slowest: slowest.slice(0, 3),
      },
      summary: [
        {
          label: 'inputs',
          value: `${kinds.pictures} pictures, ${kinds.messages} messages, ${kinds.names} names`,
        },
        { label: 'answered', value: `${outcomes.outputs} with an output, ${outcomes.errors} with an error` },
        { label: 'Node-RED died', value: String(crashes.length) },
        { label: 'hung', value: String(hung.length) },
        { label: 'not answered', value: String(silent.length) },
        { label: 'good pictures in between', value: `${recovered} of ${checks} recognised` },
        { label: 'the slowest', value: slowest[0] ? `${slowest[0].ms} ms, ${slowest[0].kind}` : '' },
      ],
      broken: [
        ...crashes.map(describeCrash),
        ...faults,
        ...hung.map((what) => `No answer to anything within ${ANSWER_MS / 1000} s: ${what}`),
        ...silent.map((what) => `Neither output nor error: ${what}`),
        ...unreported,
        ...wrong,
      ],
    };
  },
};

function oddInput(
  random: Random,
  pictures: readonly Buffer[],
  kinds: Record<'pictures' | 'messages' | 'names', number>,
): OddInput {
  const choice = random();
  if (choice < 0.55) {
    kinds.pictures++;
    const { kind, payload } = oddPicture(random, pictures);
    return { entrance: random() < 0.8 ? 'pictures' : 'preprocess', kind, message: { payload } };
  }
  if (choice < 0.85) {
    kinds.messages++;
    return { entrance: oneAtRandom(random, ENTRANCES), ...oddMessage(random) };
  }
  kinds.names++;
  return { entrance: 'gallery', ...oddName(random) };
}

/** Each node by itself, all of them in a row, and a way to enrol. */
function flowOf({ clip }: Material): object[] {
  const gate = (id: string, ...wires: string[]): object => node(id, 'endure-gate', [wires]);
  return [
    { id: 'tab', type: 'tab', label: 'Inputs' },
    // A picture that takes longer than an answer may take is given up by the engine, not by this trial.
    { id: 'runtime', type: 'arcflow-runtime', provider: 'cpu', threads: 0 },
    { id: 'store', type: 'arcflow-store' },
    gate('to pictures', 'p-detect'),
    node('p-detect', 'mtcnn-detect', [['p-embed']]),
    node('p-embed', 'arcface-embed', [['p-match']]),
    node('p-match', 'face-gallery', [['p-events']], { operation: 'match' }),
    node('p-events', 'face-events', [[], ['p-annotate']]),
    node('p-annotate', 'face-annotate', [[OUT]]),
    gate('to enrol', 'e-detect'),
    node('e-detect', 'mtcnn-detect', [['e-embed']]),
    node('e-embed', 'arcface-embed', [['e-enrol']]),
    node('e-enrol', 'face-gallery', [[OUT]], { operation: 'enrol' }),
    ...ENTRANCES.map((name) => gate(`to ${name}`, name)),
    node('preprocess', 'face-preprocess', [[OUT]]),
    node('detect', 'mtcnn-detect', [[OUT]]),
    node('embed', 'arcface-embed', [[OUT]]),
    node('gallery', 'face-gallery', [[OUT]], { operation: 'match' }),
    node('events', 'face-events', [[OUT], [OUT]]),
    node('annotate', 'face-annotate', [[OUT]]),
    node('folder', 'face-folder-source', [[], []]),
    node('video', 'face-video-source', [[], []], { kind: 'file', path: clip, start: 'message' }),
    node('catch', 'catch', [[CAUGHT]], { scope: null }),
    // Commands are answered by being done.
    node('complete', 'complete', [[COMPLETED]], { scope: ['events', 'folder', 'video'] }),
    ...[OUT, CAUGHT, COMPLETED].map((id) => gate(id)),
  ];
}
