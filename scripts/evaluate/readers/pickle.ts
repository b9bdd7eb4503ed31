/**
 * Python pickles of plain data: numbers, booleans, None, strings, bytes, lists, tuples and dictionaries, protocols 0
 * to 5. A pickle is a program for a small stack machine; here only the instructions that build plain data are known,
 * so that nothing from a file is ever called. The objects that are understood are what Python 3 writes for `bytes` in
 * protocols 0 to 2, `_codecs.encode(text, 'latin1')`, and NumPy's arrays and scalars of bytes and booleans, in which
 * some packers keep encoded images and flags. Opcodes: Python's Lib/pickletools.py.
 */
import { ArcFlowError } from '../../../lib/core/errors';

export type Pickled =
  null | boolean | number | bigint | string | Uint8Array | Pickled[] | Map<Pickled, Pickled>;

/** Stands on the stack where a group of items begins. */
const MARK: unique symbol = Symbol('mark');
/** What the GLOBAL instruction may name, without and with the underscore of NumPy 2. */
const GLOBALS = {
  '_codecs encode': 'encode',
  '__builtin__ bytes': 'bytes',
  'builtins bytes': 'bytes',
  'numpy ndarray': 'ndarray',
  'numpy dtype': 'dtype',
  'numpy.core.multiarray _reconstruct': 'array',
  'numpy._core.multiarray _reconstruct': 'array',
  'numpy.core.multiarray scalar': 'scalar',
  'numpy._core.multiarray scalar': 'scalar',
  'numpy.core.numeric _frombuffer': 'frombuffer',
  'numpy._core.numeric _frombuffer': 'frombuffer',
} as const;

/** A class or function by what it is to us; a dtype and the class of an array are but handed on. */
class Global {
  constructor(readonly kind: (typeof GLOBALS)[keyof typeof GLOBALS]) {}
}

/** An array before its state has come. */
class EmptyArray {
  readonly filled = false;
}

type Value = Pickled | Global | EmptyArray;
type Item = Value | typeof MARK;

/** NumPy's types of one byte: unsigned, signed, boolean. */
const BYTE_TYPES: readonly unknown[] = ['u1', 'i1', 'b1'];
const BOOLEAN_TYPE = 'b1';

const NEWEST_PROTOCOL = 5;
const STOP = '.';

/** @throws ArcFlowError INVALID_ARGUMENT for what is no pickle of plain data */
export function readPickle(bytes: Uint8Array, file: string): Pickled {
  return new Unpickler(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), file).run();
}

class Unpickler {
  private position = 0;
  private readonly stack: Item[] = [];
  private readonly memo = new Map<number, Item>();

  /** What each opcode does. A tuple is read as a list; what Python 2 wrote as a string (T, U) stays bytes. */
  private readonly instructions: Readonly<Record<string, () => void>> = {
    // Framing, the stack and the memo
    '\x80': () => this.checkProtocol(this.uint(1)),
    '\x95': () => void this.take(8),
    p: () => this.remember(this.lineNumber()),
    q: () => this.remember(this.uint(1)),
    r: () => this.remember(this.uint(4)),
    '\x94': () => this.remember(this.memo.size),
    g: () => this.recall(this.lineNumber()),
    h: () => this.recall(this.uint(1)),
    j: () => this.recall(this.uint(4)),
    '0': () => void this.pop(),
    '1': () => void this.popToMark(),
    '2': () => this.push(this.top()),
    '(': () => this.push(MARK),

    // Constants and numbers
    N: () => this.push(null),
    '\x88': () => this.push(true),
    '\x89': () => this.push(false),
    I: () => this.push(this.intOrBoolean(this.line())),
    L: () => this.push(this.toNumber(this.line().replace(/L$/, ''))),
    F: () => this.push(this.toNumber(this.line())),
    J: () => this.push(this.take(4).readInt32LE()),
    K: () => this.push(this.uint(1)),
    M: () => this.push(this.uint(2)),
    '\x8a': () => this.push(this.long(this.uint(1))),
    G: () => this.push(this.take(8).readDoubleBE()),

    // Strings and bytes
    V: () => this.push(unescapeUnicode(this.line())),
    X: () => this.push(this.take(this.uint(4)).toString('utf8')),
    '\x8c': () => this.push(this.take(this.uint(1)).toString('utf8')),
    '\x8d': () => this.push(this.take(this.uint64()).toString('utf8')),
    C: () => this.push(this.take(this.uint(1))),
    U: () => this.push(this.take(this.uint(1))),
    B: () => this.push(this.take(this.uint(4))),
    T: () => this.push(this.take(this.uint(4))),
    '\x8e': () => this.push(this.take(this.uint64())),

    // Collections
    ']': () => this.push([]),
    ')': () => this.push([]),
    '}': () => this.push(new Map()),
    l: () => this.push(this.popToMark()),
    t: () => this.push(this.popToMark()),
    '\x85': () => this.push(this.popMany(1)),
    '\x86': () => this.push(this.popMany(2)),
    '\x87': () => this.push(this.popMany(3)),
    d: () => this.push(toMap(this.popToMark())),
    a: () => this.extendList(this.popMany(1)),
    e: () => this.extendList(this.popToMark()),
    s: () => this.extendMap(this.popMany(2)),
    u: () => this.extendMap(this.popToMark()),

    '\x96': () => this.push(this.take(this.uint64())),

    // The few calls that are understood
    c: () => this.push(this.global(`${this.line()} ${this.line()}`)),
    '\x93': () => this.push(this.global(this.popMany(2).map(asText).join(' '))),
    R: () => {
      const [parameters] = this.popMany(1);
      this.push(this.call(this.pop(), parameters!));
    },
    b: () => {
      const [state] = this.popMany(1);
      this.build(state!);
    },
  };

  constructor(
    private readonly bytes: Buffer,
    private readonly file: string,
  ) {}

  run(): Pickled {
    for (;;) {
      const opcode = this.take(1).toString('latin1');
      if (opcode === STOP) return this.popValue();
      const instruction = this.instructions[opcode];
      if (!instruction)
        throw this.failure(`the instruction 0x${Buffer.from(opcode, 'latin1').toString('hex')}`);
      instruction();
    }
  }

  private checkProtocol(protocol: number): void {
    if (protocol > NEWEST_PROTOCOL) throw this.failure(`protocol ${protocol}`);
  }

  private intOrBoolean(line: string): number | boolean {
    return line === '00' ? false : line === '01' ? true : this.toNumber(line);
  }

  private global(name: string): Global {
    const known = Object.entries(GLOBALS).find(([key]) => key === name);
    if (!known) throw this.failure(`an object of type ${name.replace(' ', '.')}`);
    return new Global(known[1]);
  }

  private call(callable: Item, parameters: Pickled): Pickled | EmptyArray {
    const [first = '', second] = Array.isArray(parameters) ? parameters : [];
    const kind = callable instanceof Global ? callable.kind : undefined;
    if (kind === 'bytes' && first === '') return new Uint8Array();
    if (kind === 'encode' && typeof first === 'string' && second === 'latin1')
      return Buffer.from(first, 'latin1');
    if (kind === 'array') return new EmptyArray();
    if (kind === 'dtype') return typeText(first);
    if (kind === 'scalar' && first === BOOLEAN_TYPE && second instanceof Uint8Array) return second[0] !== 0;
    if (kind === 'frombuffer' && first instanceof Uint8Array && BYTE_TYPES.includes(second)) return first;
    throw this.failure('a call');
  }

  /** Gives an array its content; the state of a dtype says nothing about bytes. */
  private build(state: Pickled): void {
    const target = this.pop();
    if (typeof target === 'string') {
      this.push(target);
      return;
    }
    const [, , type, , content] = Array.isArray(state) ? state : [];
    const isList = Array.isArray(content);
    const isBytes = content instanceof Uint8Array && BYTE_TYPES.includes(type);
    if (!(target instanceof EmptyArray) || !(isList || isBytes)) throw this.failure('an array of no bytes');
    for (const [key, item] of this.memo) if (item === target) this.memo.set(key, content);
    this.push(content);
  }

  private take(count: number): Buffer {
    if (!Number.isSafeInteger(count) || count < 0 || this.position + count > this.bytes.length) {
      throw this.failure('its end in the middle');
    }
    this.position += count;
    return this.bytes.subarray(this.position - count, this.position);
  }

  private uint(length: 1 | 2 | 4): number {
    return this.take(length).readUIntLE(0, length);
  }

  private uint64(): number {
    return Number(this.take(8).readBigUInt64LE());
  }

  /** Two's complement, little-endian. */
  private long(length: number): number | bigint {
    let value = 0n;
    this.take(length).forEach((byte, index) => (value |= BigInt(byte) << BigInt(8 * index)));
    const signed = BigInt.asIntN(8 * length, value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }

  private line(): string {
    const end = this.bytes.indexOf('\n', this.position);
    if (end < 0) throw this.failure('its end in the middle');
    return this.take(end + 1 - this.position)
      .toString('latin1')
      .slice(0, -1);
  }

  private lineNumber(): number {
    return this.toNumber(this.line());
  }

  private toNumber(text: string): number {
    const value = Number(text);
    if (text === '' || Number.isNaN(value)) throw this.failure(`"${text}" for a number`);
    return value;
  }

  private push(item: Item): void {
    this.stack.push(item);
  }

  private top(): Item {
    const item = this.stack.at(-1);
    if (item === undefined) throw this.failure('an empty stack');
    return item;
  }

  private pop(): Item {
    const item = this.top();
    this.stack.pop();
    return item;
  }

  private popValue(): Pickled {
    const item = this.pop();
    // The class of an array stands among the parameters that make one.
    if (item instanceof Global && item.kind === 'ndarray') return null;
    if (typeof item === 'symbol' || item instanceof Global || item instanceof EmptyArray)
      throw this.failure('no value where one belongs');
    return item;
  }

  /** The last `count` values, in the order in which they were pushed. */
  private popMany(count: number): Pickled[] {
    return Array.from({ length: count }, () => this.popValue()).reverse();
  }

  private popToMark(): Pickled[] {
    const start = this.stack.lastIndexOf(MARK);
    if (start < 0) throw this.failure('the end of a group that never began');
    const items = this.popMany(this.stack.length - start - 1);
    this.stack.pop();
    return items;
  }

  private extendList(items: readonly Pickled[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw this.failure('no list where one belongs');
    for (const item of items) list.push(item);
  }

  private extendMap(items: readonly Pickled[]): void {
    const map = this.top();
    if (!(map instanceof Map)) throw this.failure('no dictionary where one belongs');
    for (const [key, value] of toMap(items)) map.set(key, value);
  }

  private remember(key: number): void {
    this.memo.set(key, this.top());
  }

  private recall(key: number): void {
    const item = this.memo.get(key);
    if (item === undefined) throw this.failure('a reference to nothing');
    this.push(item);
  }

  private failure(what: string): ArcFlowError {
    const message = `Expected a Python pickle of plain data in ${this.file} but found ${what} at byte ${this.position}`;
    return new ArcFlowError('INVALID_ARGUMENT', message, 'bad pickle');
  }
}

function toMap(items: readonly Pickled[]): Map<Pickled, Pickled> {
  const map = new Map<Pickled, Pickled>();
  for (let index = 0; index + 1 < items.length; index += 2) map.set(items[index]!, items[index + 1]!);
  return map;
}

/** "|u1", as some versions write it → "u1"; Python 2 wrote bytes. */
function typeText(type: Pickled): string {
  const text = type instanceof Uint8Array ? Buffer.from(type).toString('latin1') : asText(type);
  return text.replace(/^[|<>=]/, '');
}

function asText(value: Pickled): string {
  return typeof value === 'string' ? value : '';
}

/** Python's raw-unicode-escape: Latin-1, and what it lacks as \uXXXX or \UXXXXXXXX. */
function unescapeUnicode(text: string): string {
  return text.replace(/\\(?:u([0-9a-f]{4})|U([0-9a-f]{8}))/gi, (_, short?: string, long?: string) =>
    String.fromCodePoint(parseInt(short ?? long ?? '', 16)),
  );
}
