/**
 * Reads TensorFlow Lite files: the operators of the one subgraph in the order in which they run, and the float32
 * constants. Only what the face networks use is understood; anything else is refused by name rather than read wrongly.
 * Field numbers, operator codes and defaults are those of tensorflow/lite/schema/schema.fbs.
 */
import { ByteBuffer } from 'flatbuffers';

const OPERATOR_NAMES = {
  0: 'ADD',
  3: 'CONV_2D',
  4: 'DEPTHWISE_CONV_2D',
  9: 'FULLY_CONNECTED',
  17: 'MAX_POOL_2D',
  18: 'MUL',
  19: 'RELU',
  22: 'RESHAPE',
  41: 'SUB',
  42: 'DIV',
  47: 'EXP',
  59: 'NEG',
  74: 'SUM',
  82: 'REDUCE_MAX',
  101: 'ABS',
} as const satisfies Record<number, string>;

export type OperatorName = (typeof OPERATOR_NAMES)[keyof typeof OPERATOR_NAMES];

export interface TfliteTensor {
  readonly name: string;
  /** NHWC for images; [out, height, width, in] for convolution weights. */
  readonly shape: readonly number[];
  /** Present on float32 constants. */
  readonly data?: Float32Array;
}

/** How a convolution or a pooling moves over the image. */
export interface Window {
  readonly padding: 'SAME' | 'VALID';
  /** [vertical, horizontal] */
  readonly strides: readonly [number, number];
  /** [height, width] of a pooling's window; a convolution has it in its weights. */
  readonly size?: readonly [number, number];
}

export interface TfliteOperator {
  readonly name: OperatorName;
  /** Indices into the model's tensors. */
  readonly inputs: readonly number[];
  readonly output: number;
  readonly window?: Window;
}

export interface TfliteModel {
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

const FILE_IDENTIFIER = 'TFL3';
const FLOAT32 = 0;
const INT32 = 2;

/** A table of the file: fields by their number in the schema, with the schema's defaults for absent ones. */
class Table {
  constructor(
    private readonly buffer: ByteBuffer,
    private readonly position: number,
  ) {}

  static root(bytes: Uint8Array): Table {
    const buffer = new ByteBuffer(bytes);
    if (bytes.length < 8 || !buffer.__has_identifier(FILE_IDENTIFIER)) {
      throw new Error(`Expected a TensorFlow Lite file (${FILE_IDENTIFIER}) but found something else`);
    }
    return new Table(buffer, buffer.readInt32(0));
  }

  /** Where a field lies, or 0 when it is absent. */
  private at(field: number): number {
    const offset = this.buffer.__offset(this.position, 4 + 2 * field);
    return offset === 0 ? 0 : this.position + offset;
  }

  byte(field: number, absent = 0): number {
    const at = this.at(field);
    return at === 0 ? absent : this.buffer.readUint8(at);
  }

  int(field: number, absent = 0): number {
    const at = this.at(field);
    return at === 0 ? absent : this.buffer.readInt32(at);
  }

  table(field: number): Table | undefined {
    const at = this.at(field);
    return at === 0 ? undefined : new Table(this.buffer, at + this.buffer.readInt32(at));
  }

  private vector(field: number): { start: number; length: number } {
    const at = this.at(field);
    if (at === 0) return { start: 0, length: 0 };
    const vector = at + this.buffer.readInt32(at);
    return { start: vector + 4, length: this.buffer.readInt32(vector) };
  }

  bytes(field: number): Uint8Array {
    const { start, length } = this.vector(field);
    return Uint8Array.from(this.buffer.bytes().subarray(start, start + length));
  }

  text(field: number): string {
    return new TextDecoder().decode(this.bytes(field));
  }

  ints(field: number): number[] {
    const { start, length } = this.vector(field);
    return Array.from({ length }, (_, index) => this.buffer.readInt32(start + 4 * index));
  }

  tables(field: number): Table[] {
    const { start, length } = this.vector(field);
    return Array.from({ length }, (_, index) => {
      const at = start + 4 * index;
      return new Table(this.buffer, at + this.buffer.readInt32(at));
    });
  }
}

function isOperatorCode(code: number): code is keyof typeof OPERATOR_NAMES {
  return code in OPERATOR_NAMES;
}

function operatorName(operatorCode: Table): OperatorName {
  // deprecated_builtin_code is one byte; newer files put the code into builtin_code as well.
  const code = Math.max(operatorCode.byte(0), operatorCode.int(3));
  if (!isOperatorCode(code)) throw new Error(`TensorFlow Lite operator ${code} is not supported`);
  return OPERATOR_NAMES[code];
}

/** Where the fields of an operator's options lie; dilation and depth multiplier must be 1. */
const WINDOW_FIELDS = {
  CONV_2D: { activation: 3, ones: [4, 5] },
  DEPTHWISE_CONV_2D: { activation: 4, ones: [3, 5, 6] },
  MAX_POOL_2D: { activation: 5, ones: [] },
} as const satisfies Partial<Record<OperatorName, { activation: number; ones: readonly number[] }>>;

const ACTIVATION_FIELDS: Partial<Record<OperatorName, number>> = {
  ADD: 0,
  MUL: 0,
  SUB: 0,
  DIV: 0,
  FULLY_CONNECTED: 0,
};

function refuseActivation(name: OperatorName, options: Table, field: number): void {
  if (options.byte(field) !== 0) throw new Error(`${name} with a fused activation is not supported`);
}

function readWindow(name: OperatorName, options: Table): Window | undefined {
  if (name !== 'CONV_2D' && name !== 'DEPTHWISE_CONV_2D' && name !== 'MAX_POOL_2D') {
    const field = ACTIVATION_FIELDS[name];
    if (field !== undefined) refuseActivation(name, options, field);
    return undefined;
  }
  const { activation, ones } = WINDOW_FIELDS[name];
  refuseActivation(name, options, activation);
  if (ones.some((field) => options.int(field, 1) !== 1)) {
    throw new Error(`${name} with dilation or a depth multiplier is not supported`);
  }
  const window = {
    padding: options.byte(0) === 0 ? ('SAME' as const) : ('VALID' as const),
    strides: [options.int(2), options.int(1)] as const,
  };
  return name === 'MAX_POOL_2D' ? { ...window, size: [options.int(4), options.int(3)] } : window;
}

function readOperator(table: Table, names: readonly OperatorName[]): TfliteOperator {
  const name = names[table.int(0)];
  const [output, ...more] = table.ints(2);
  if (name === undefined || output === undefined || more.length > 0) {
    throw new Error(`Expected a TensorFlow Lite operator with one output`);
  }
  const options = table.table(4);
  const window = options && readWindow(name, options);
  return { name, inputs: table.ints(1), output, ...(window && { window }) };
}

function readTensor(table: Table, buffers: readonly Table[]): TfliteTensor {
  const name = table.text(3);
  const type = table.byte(1);
  if (type !== FLOAT32 && type !== INT32) throw new Error(`Tensor ${name} has the unsupported type ${type}`);
  const shape = table.ints(0);
  const bytes = buffers[table.int(2)]?.bytes(0);
  if (type !== FLOAT32 || bytes === undefined || bytes.length === 0) return { name, shape };
  return { name, shape, data: new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4) };
}

/**
 * @param bytes a whole .tflite file
 * @throws Error that names what is not understood: another file type, several subgraphs, an unknown operator or type,
 *   a fused activation, a dilation
 */
export function readTflite(bytes: Uint8Array): TfliteModel {
  const model = Table.root(bytes);
  const [graph, ...more] = model.tables(2);
  if (graph === undefined || more.length > 0) throw new Error('Expected one TensorFlow Lite subgraph');
  const names = model.tables(1).map(operatorName);
  const buffers = model.tables(4);
  return {
    tensors: graph.tables(0).map((table) => readTensor(table, buffers)),
    operators: graph.tables(3).map((table) => readOperator(table, names)),
    inputs: graph.ints(1),
    outputs: graph.ints(2),
  };
}
