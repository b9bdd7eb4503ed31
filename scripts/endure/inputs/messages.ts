/** Messages in which something is not as docs/messages.md says: a property of another type, a number that is none, a part that is missing. */
import { DEFAULT_EMBED_MODEL } from '../../../lib/models/manifest';
import { integerBetween, oneAtRandom, type Random } from '../../shared/random';
import { noise } from './pictures';

export interface OddMessage {
  readonly kind: string;
  readonly message: Readonly<Record<string, unknown>>;
}

const WIDTH = 64;
const HEIGHT = 48;
const DIMENSION = 512;

/** A message as it comes from all nodes: a frame with a face that was found, embedded, matched and followed. */
export function wholeMessage(): Record<string, unknown> {
  const point = (x: number, y: number): object => ({ x, y });
  const embedding = new Float32Array(DIMENSION).fill(1 / Math.sqrt(DIMENSION));
  return {
    payload: 'start',
    topic: 'door',
    filename: 'door.jpg',
    person: 'Somebody',
    newName: 'Somebody else',
    merge: false,
    sample: 1,
    folder: 'nowhere',
    seconds: 1,
    source: 'door',
    parts: { id: 'a', index: 0, count: 1 },
    frame: {
      data: Buffer.alloc(WIDTH * HEIGHT * 3, 127),
      width: WIDTH,
      height: HEIGHT,
      timestamp: 1_700_000_000_000,
      sequence: 0,
      source: 'door',
    },
    faces: [
      {
        box: { x: 10, y: 8, width: 30, height: 32 },
        confidence: 0.99,
        landmarks: {
          leftEye: point(19, 18),
          rightEye: point(31, 18),
          nose: point(25, 25),
          mouthLeft: point(20, 32),
          mouthRight: point(30, 32),
        },
        quality: { size: 30, yaw: 0, pitch: 0, roll: 0, sharpness: 0.7 },
        embedding,
        embeddingModel: DEFAULT_EMBED_MODEL,
        match: {
          person: 'Anna',
          similarity: 0.7,
          threshold: 0.34,
          known: true,
          candidates: [{ person: 'Anna', similarity: 0.7 }],
        },
        track: { id: 1, age: 1000, hits: 20 },
        identity: { state: 'known', person: 'Anna', similarity: 0.7, votes: 5, strangerId: null },
        smoothed: { box: { x: 10, y: 8, width: 30, height: 32 } },
      },
    ],
  };
}

type Path = readonly (string | number)[];

const TOP = ['payload', 'topic', 'filename', 'person', 'newName', 'merge', 'sample', 'folder', 'seconds'];
const MORE = ['source', 'parts', 'operation', 'frame', 'faces', 'image', 'preprocess', 'detection'];
const OF_FRAME = ['data', 'width', 'height', 'timestamp', 'sequence', 'source'];
/** Every documented property of a message and its frame. */
const PATHS: readonly Path[] = [
  ...[...TOP, ...MORE].map((name): Path => [name]),
  ...OF_FRAME.map((name): Path => ['frame', name]),
];

/** Every documented property of a face. */
const FACE_PATHS: readonly Path[] = [
  ['box'],
  ...['x', 'y', 'width', 'height'].map((name) => ['box', name]),
  ['confidence'],
  ['landmarks'],
  ...['leftEye', 'rightEye', 'nose', 'mouthLeft', 'mouthRight'].map((name) => ['landmarks', name]),
  ['landmarks', 'nose', 'x'],
  ['quality'],
  ...['size', 'yaw', 'pitch', 'roll', 'sharpness'].map((name) => ['quality', name]),
  ['embedding'],
  ['embeddingModel'],
  ['embeddingSkipped'],
  ['crop'],
  ['match'],
  ...['person', 'similarity', 'known', 'candidates', 'threshold'].map((name) => ['match', name]),
  ['track'],
  ['track', 'id'],
  ['identity'],
  ...['state', 'person', 'strangerId', 'similarity', 'votes'].map((name) => ['identity', name]),
  ['smoothed'],
  ['smoothed', 'box'],
];

const OPERATIONS = [
  ...['match', 'enrol', 'verify', 'remove', 'rename', 'list', 'export', 'import', 'info', 'reset'],
  ...['start', 'stop', 'pause', 'resume', 'snapshot', 'seek'],
];

/** Values that are not what any property has to be. */
const WRONG: Readonly<Record<string, (random: Random) => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  zero: () => 0,
  'minus one': () => -1,
  'a fraction': () => 0.5,
  NaN: () => NaN,
  infinity: () => Infinity,
  'a huge number': () => 1e308,
  'a bigint': () => 10n,
  'a boolean': (random) => random() < 0.5,
  'no text': () => '',
  blanks: () => '   ',
  text: () => 'x',
  'long text': () => 'x'.repeat(300_000),
  'an empty array': () => [],
  'an empty object': () => ({}),
  'a nested object': () => ({ toString: 1, constructor: { prototype: null }, x: { y: { z: [] } } }),
  'an array of wrong things': () => [null, undefined, 1, 'x', [], {}],
  'a long array': () => new Array<number>(50_000).fill(1),
  'a date': () => new Date(0),
  'a date that is none': () => new Date(NaN),
  'an error': () => new Error('odd'),
  'a map': () => new Map([['a', 1]]),
  'an empty Buffer': () => Buffer.alloc(0),
  bytes: (random) => noise(random, 100),
  'short floats': () => Float32Array.of(1, 2, 3),
  'floats without length': () => new Float32Array(DIMENSION),
  'floats that are none': () => new Float32Array(DIMENSION).fill(NaN),
  doubles: () => new Float64Array(DIMENSION).fill(1 / Math.sqrt(DIMENSION)),
  'an ArrayBuffer': () => new ArrayBuffer(WIDTH * HEIGHT * 3),
  'a DataView': () => new DataView(new ArrayBuffer(8)),
};

export function oddMessage(random: Random): OddMessage {
  const message = wholeMessage();
  const kinds: string[] = [];
  if (random() < 0.25) message['operation'] = oneAtRandom(random, OPERATIONS);
  if (random() < 0.1) kinds.push(multiply(message, random));
  for (let changes = integerBetween(random, 1, 3); changes > 0; changes--) {
    const path =
      random() < 0.5 ? oneAtRandom(random, PATHS) : ['faces', 0, ...oneAtRandom(random, FACE_PATHS)];
    const [name, make] = oneAtRandom(random, Object.entries(WRONG));
    setAt(message, path, make(random));
    kinds.push(`${path.join('.')} is ${name}`);
  }
  return { kind: kinds.join(', '), message };
}

/** Many faces, all of them the same object. */
function multiply(message: Record<string, unknown>, random: Random): string {
  const [face] = message['faces'] as readonly object[];
  const count = integerBetween(random, 2, 60);
  message['faces'] = Array.from({ length: count }, () => face);
  return `${count} faces`;
}

function setAt(target: object, path: Path, value: unknown): void {
  let at: unknown = target;
  for (const step of path.slice(0, -1)) at = isHolder(at) ? at[step] : undefined;
  // Something above it was changed before.
  if (isHolder(at)) at[path.at(-1)!] = value;
}

function isHolder(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}

/** Names as people type them, and as nobody should. */
const NAMES: Readonly<Record<string, (random: Random) => unknown>> = {
  'two words': () => 'Anna Maria',
  Chinese: () => '李娜',
  Arabic: () => 'عائشة',
  Thai: () => 'สมชาย',
  emoji: () => '👩‍👩‍👧‍👦',
  'marks without end': () => `Z${'\u0301'.repeat(500)}`,
  'turned text': () => 'Anna\u202Egnp.exe',
  'control characters': () => 'Anna\u0000\u0007\r\n',
  'half a pair': () => 'Anna\ud83d',
  'nothing to see': () => '\u200b\u200d\u2060',
  blanks: () => ' \t\u3000',
  'a path': () => '../../etc/passwd',
  'a Windows device': () => 'CON.jpg',
  'a property of objects': () => '__proto__',
  'another property of objects': () => 'constructor',
  'a command': () => "'; DROP TABLE people; --",
  'a template': () => '${7*7}{{7*7}}%s%n',
  mark: () => '<img src=x onerror=alert(1)>',
  'as long as allowed': () => '長'.repeat(200),
  'longer than allowed': () => 'x'.repeat(201),
  'very long': () => 'x'.repeat(1_000_000),
  'a number': () => 42,
  'an object': () => ({ name: 'Anna' }),
  'an array': () => ['Anna'],
  'any characters': (random) =>
    String.fromCharCode(
      ...Array.from({ length: integerBetween(random, 1, 40) }, () => integerBetween(random, 0, 0xffff)),
    ),
};

const NAME_OPERATIONS = ['enrol', 'verify', 'remove', 'rename', 'export', 'import', 'list', 'match'];

/** A message for a gallery with a name that is odd. */
export function oddName(random: Random): OddMessage {
  const [kind, make] = oneAtRandom(random, Object.entries(NAMES));
  const [newKind, makeNew] = oneAtRandom(random, Object.entries(NAMES));
  const operation = oneAtRandom(random, NAME_OPERATIONS);
  const message = {
    ...wholeMessage(),
    operation,
    person: make(random),
    newName: makeNew(random),
    merge: random() < 0.5,
  };
  const document = { format: 'arcflow-person', version: 1, person: make(random), samples: [] };
  return {
    kind: `${operation}: ${kind}${operation === 'rename' ? ` to ${newKind}` : ''}`,
    message: operation === 'import' ? { ...message, payload: document } : message,
  };
}
