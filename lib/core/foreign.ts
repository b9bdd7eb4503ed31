/**
 * Values as messages bring them. A function node runs in a context of its own, whose Uint8Array, Float32Array and
 * ArrayBuffer are other classes than those here, so that `instanceof` fails for what it made; JSON, such as MQTT
 * carries, knows no typed arrays at all. Here they become those of this realm, on the same memory where that can be.
 */
import { types } from 'node:util';

/** Longer than any network's embedding. */
const LONGEST_VECTOR = 4096;
const LARGEST_BYTE = 255;

/**
 * Bytes on the same memory: of a Uint8Array or Buffer of any realm, a Uint8ClampedArray, an ArrayBuffer or a
 * SharedArrayBuffer; a copy of what JSON makes of a Buffer, `{ type: 'Buffer', data: [...] }`.
 * @returns undefined for anything else
 */
export function toBytes(value: unknown): Uint8Array | undefined {
  if (types.isUint8Array(value) && value instanceof Uint8Array) return value;
  if (types.isUint8Array(value) || types.isUint8ClampedArray(value))
    return onSameMemory(value.buffer, value.byteOffset, value.byteLength);
  if (types.isAnyArrayBuffer(value)) return onSameMemory(value, 0, value.byteLength);
  const listed = listedBytes(value);
  return listed?.every(isByte) ? Uint8Array.from(listed) : undefined;
}

/**
 * A vector of float32 values on the same memory where it is a Float32Array of any realm; a copy of a Float64Array, an
 * array of numbers, or what JSON makes of a Float32Array, `{ "0": 0.1, "1": 0.2, … }`, with at most 4,096 values.
 * @returns undefined for anything else
 */
export function toVector(value: unknown): Float32Array | undefined {
  if (types.isFloat32Array(value)) return value instanceof Float32Array ? value : ownVector(value);
  const numbers = types.isFloat64Array(value) || Array.isArray(value) ? value : listedNumbers(value);
  if (!numbers || numbers.length > LONGEST_VECTOR) return undefined;
  const values = Array.from<unknown>(numbers);
  return values.every(isNumber) ? Float32Array.from(values) : undefined;
}

/** Memory that was handed to a thread has no bytes left, and refuses a view. */
function onSameMemory(memory: ArrayBufferLike, offset: number, length: number): Uint8Array {
  return length === 0 ? new Uint8Array() : new Uint8Array(memory, offset, length);
}

function ownVector({ buffer, byteOffset, length }: Float32Array): Float32Array {
  return length === 0 ? new Float32Array() : new Float32Array(buffer, byteOffset, length);
}

function listedBytes(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('type' in value) || value.type !== 'Buffer' || !('data' in value)) return undefined;
  return Array.isArray(value.data) ? value.data : undefined;
}

function listedNumbers(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return undefined;
  const keys = Object.keys(value);
  const listed =
    keys.length > 0 && keys.length <= LONGEST_VECTOR && keys.every((key, i) => key === String(i));
  return listed ? Object.values(value) : undefined;
}

function isByte(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= LARGEST_BYTE;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
