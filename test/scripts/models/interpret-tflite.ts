/**
 * Runs a TensorFlow Lite network the plain way, operator by operator as TensorFlow defines them and for any image size:
 * slow, independent of the converter, the truth that its results are held against.
 */
import type { TfliteModel, TfliteOperator, Window } from '../../../scripts/models/tflite';

/** Row-major; images are [1, height, width, channels]. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** @returns the values of the network's outputs, in their order */
export function interpretTflite(model: TfliteModel, input: Values): Values[] {
  const values = new Map<number, Values>([[model.inputs[0]!, input]]);
  const at = (index: number): Values => {
    const known = values.get(index);
    if (known) return known;
    const { shape, data } = model.tensors[index]!;
    return { shape, data: Float64Array.from(data ?? []) };
  };
  for (const operator of model.operators) {
    values.set(operator.output, run(operator, operator.inputs.map(at)));
  }
  return model.outputs.map(at);
}

function run({ name, window }: TfliteOperator, inputs: readonly Values[]): Values {
  const [a, b, c] = inputs as [Values, Values, Values];
  switch (name) {
    case 'CONV_2D':
      return convolve(a, b, c, window!, false);
    case 'DEPTHWISE_CONV_2D':
      return convolve(a, b, c, window!, true);
    case 'MAX_POOL_2D':
      return maxPool(a, window!);
    case 'FULLY_CONNECTED':
      return fullyConnected(a, b, c);
    case 'RESHAPE':
      return { shape: [1, a.data.length], data: a.data };
    case 'RELU':
      return each(a, (x) => Math.max(0, x));
    case 'NEG':
      return each(a, (x) => -x);
    case 'ABS':
      return each(a, Math.abs);
    case 'EXP':
      return each(a, Math.exp);
    case 'ADD':
      return pairwise(a, b, (x, y) => x + y);
    case 'SUB':
      return pairwise(a, b, (x, y) => x - y);
    case 'MUL':
      return pairwise(a, b, (x, y) => x * y);
    case 'DIV':
      return pairwise(a, b, (x, y) => x / y);
    case 'SUM':
      return overLastAxis(a, (row) => row.reduce((sum, x) => sum + x, 0));
    case 'REDUCE_MAX':
      return overLastAxis(a, (row) => Math.max(...row));
  }
}

function each({ shape, data }: Values, f: (x: number) => number): Values {
  return { shape, data: data.map(f) };
}

/** Shapes are equal, or one operand repeats along the last axis or has it of length 1. */
function pairwise(a: Values, b: Values, f: (x: number, y: number) => number): Values {
  const shape = a.data.length >= b.data.length ? a.shape : b.shape;
  const length = Math.max(a.data.length, b.data.length);
  const last = shape.at(-1)!;
  const pick = ({ shape: own, data }: Values, index: number): number =>
    data.length === length ? data[index]! : data[own.at(-1) === 1 ? Math.floor(index / last) : index % last]!;
  return { shape, data: Float64Array.from({ length }, (_, index) => f(pick(a, index), pick(b, index))) };
}

function overLastAxis({ shape, data }: Values, f: (row: Float64Array) => number): Values {
  const last = shape.at(-1)!;
  const length = data.length / last;
  const reduced = Float64Array.from({ length }, (_, row) => f(data.subarray(row * last, (row + 1) * last)));
  return { shape: [...shape.slice(0, -1), 1], data: reduced };
}

/** Windows along one axis: how many, and where the first one begins (TensorFlow's rules for SAME and VALID). */
function windows(
  padding: Window['padding'],
  length: number,
  size: number,
  stride: number,
): { count: number; first: number } {
  if (padding === 'VALID') return { count: Math.floor((length - size) / stride) + 1, first: 0 };
  const count = Math.ceil(length / stride);
  return { count, first: -Math.floor(Math.max(0, (count - 1) * stride + size - length) / 2) };
}

function convolve(image: Values, kernel: Values, bias: Values, window: Window, depthwise: boolean): Values {
  const [, height, width, channels] = image.shape as [number, number, number, number];
  const [, rows, columns, lanes] = kernel.shape as [number, number, number, number];
  const filters = bias.data.length;
  const [down, right] = window.strides;
  const vertical = windows(window.padding, height, rows, down);
  const horizontal = windows(window.padding, width, columns, right);
  const data = new Float64Array(vertical.count * horizontal.count * filters);
  let to = 0;
  for (let j = 0; j < vertical.count; j++) {
    for (let i = 0; i < horizontal.count; i++) {
      for (let filter = 0; filter < filters; filter++) {
        let sum = bias.data[filter]!;
        for (let v = 0; v < rows; v++) {
          const y = vertical.first + j * down + v;
          if (y < 0 || y >= height) continue;
          for (let h = 0; h < columns; h++) {
            const x = horizontal.first + i * right + h;
            if (x < 0 || x >= width) continue;
            const pixel = (y * width + x) * channels;
            if (depthwise) {
              sum += image.data[pixel + filter]! * kernel.data[(v * columns + h) * lanes + filter]!;
            } else {
              const weights = ((filter * rows + v) * columns + h) * lanes;
              for (let lane = 0; lane < lanes; lane++)
                sum += image.data[pixel + lane]! * kernel.data[weights + lane]!;
            }
          }
        }
        data[to++] = sum;
      }
    }
  }
  return { shape: [1, vertical.count, horizontal.count, filters], data };
}

function maxPool(image: Values, window: Window): Values {
  const [, height, width, channels] = image.shape as [number, number, number, number];
  const [rows, columns] = window.size!;
  const [down, right] = window.strides;
  const vertical = windows(window.padding, height, rows, down);
  const horizontal = windows(window.padding, width, columns, right);
  const data = new Float64Array(vertical.count * horizontal.count * channels).fill(-Infinity);
  for (let j = 0; j < vertical.count; j++) {
    for (let i = 0; i < horizontal.count; i++) {
      for (let y = vertical.first + j * down; y < vertical.first + j * down + rows; y++) {
        for (let x = horizontal.first + i * right; x < horizontal.first + i * right + columns; x++) {
          if (y < 0 || y >= height || x < 0 || x >= width) continue;
          for (let channel = 0; channel < channels; channel++) {
            const to = (j * horizontal.count + i) * channels + channel;
            data[to] = Math.max(data[to]!, image.data[(y * width + x) * channels + channel]!);
          }
        }
      }
    }
  }
  return { shape: [1, vertical.count, horizontal.count, channels], data };
}

function fullyConnected(features: Values, matrix: Values, bias: Values): Values {
  const into = features.data.length;
  const data = bias.data.map((value, out) =>
    features.data.reduce((sum, feature, index) => sum + feature * matrix.data[out * into + index]!, value),
  );
  return { shape: [1, data.length], data };
}
