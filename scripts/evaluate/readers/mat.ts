/**
 * MATLAB's MAT-files of version 5, as far as WIDER FACE's lists need them: real numeric arrays, text and cell arrays,
 * compressed or not. Source: MathWorks, "MAT-File Format", chapter 1.
 */
import { inflateSync } from 'node:zlib';
import { badFile } from './text';

/** Numbers in column-major order, text, or the cells of a cell array in column-major order. */
export type MatValue = Float64Array | string | readonly MatValue[];

const HEADER_BYTES = 128;
const MATRIX = 14;
const COMPRESSED = 15;
const CELL_CLASS = 1;
const CHAR_CLASS = 4;
const NUMERIC_CLASSES = { first: 6, last: 15 };

/** Readers of the numeric data types by their code. */
const NUMBERS: Readonly<Record<number, { bytes: number; read: (data: Buffer, at: number) => number }>> = {
  1: { bytes: 1, read: (data, at) => data.readInt8(at) },
  2: { bytes: 1, read: (data, at) => data.readUInt8(at) },
  3: { bytes: 2, read: (data, at) => data.readInt16LE(at) },
  4: { bytes: 2, read: (data, at) => data.readUInt16LE(at) },
  5: { bytes: 4, read: (data, at) => data.readInt32LE(at) },
  6: { bytes: 4, read: (data, at) => data.readUInt32LE(at) },
  7: { bytes: 4, read: (data, at) => data.readFloatLE(at) },
  9: { bytes: 8, read: (data, at) => data.readDoubleLE(at) },
  12: { bytes: 8, read: (data, at) => Number(data.readBigInt64LE(at)) },
  13: { bytes: 8, read: (data, at) => Number(data.readBigUInt64LE(at)) },
  16: { bytes: 1, read: (data, at) => data.readUInt8(at) },
  17: { bytes: 2, read: (data, at) => data.readUInt16LE(at) },
};

interface Element {
  readonly type: number;
  readonly data: Buffer;
}

/** The variables of a file by name; variables of other kinds (structures, sparse arrays) are left out. */
export function readMat(bytes: Uint8Array, file: string): Map<string, MatValue> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // "IM" is what a little-endian writer leaves of the endian indicator "MI".
  if (buffer.length < HEADER_BYTES || buffer.toString('latin1', HEADER_BYTES - 2, HEADER_BYTES) !== 'IM') {
    throw badFile(file, 'a MAT-file of version 5 (little-endian)');
  }
  const variables = new Map<string, MatValue>();
  try {
    for (const element of elementsOf(buffer.subarray(HEADER_BYTES))) {
      const matrix = element.type === COMPRESSED ? elementsOf(inflateSync(element.data))[0]! : element;
      const { name, value } = readMatrix(matrix.data);
      if (value !== undefined) variables.set(name, value);
    }
  } catch (error) {
    throw Object.assign(badFile(file, 'a whole MAT-file'), { cause: error });
  }
  return variables;
}

/** Tagged elements, one after the other. Compressed ones are not padded to 8 bytes, all others are. */
function elementsOf(buffer: Buffer): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at + 8 <= buffer.length;) {
    const word = buffer.readUInt32LE(at);
    const small = word >>> 16;
    const type = small > 0 ? word & 0xffff : word;
    const length = small > 0 ? small : buffer.readUInt32LE(at + 4);
    const start = at + (small > 0 ? 4 : 8);
    if (start + length > buffer.length) throw new RangeError('An element reaches past the end');
    elements.push({ type, data: buffer.subarray(start, start + length) });
    if (small > 0) at += 8;
    else at = type === COMPRESSED ? start + length : start + Math.ceil(length / 8) * 8;
  }
  return elements;
}

/** Flags, dimensions and name, then what the array's class demands. */
function readMatrix(data: Buffer): { name: string; value: MatValue | undefined } {
  if (data.length === 0) return { name: '', value: new Float64Array() };
  const [flags, , name, ...content] = elementsOf(data);
  if (!flags || !name) throw new RangeError('An array without flags or name');
  return { name: name.data.toString('latin1'), value: readContent(flags.data.readUInt8(0), content) };
}

function readContent(kind: number, content: readonly Element[]): MatValue | undefined {
  if (kind === CELL_CLASS) {
    return content.filter(({ type }) => type === MATRIX).map(({ data }) => readMatrix(data).value ?? []);
  }
  const [real] = content;
  if (kind === CHAR_CLASS) return real ? String.fromCharCode(...readNumbers(real)) : '';
  if (kind < NUMERIC_CLASSES.first || kind > NUMERIC_CLASSES.last) return undefined;
  return real ? readNumbers(real) : new Float64Array();
}

function readNumbers({ type, data }: Element): Float64Array {
  const format = NUMBERS[type];
  if (!format) throw new RangeError(`Data of the unknown type ${type}`);
  return Float64Array.from({ length: Math.floor(data.length / format.bytes) }, (_, index) =>
    format.read(data, index * format.bytes),
  );
}
