/**
 * Translates a TensorFlow Lite network into an ONNX graph: NHWC becomes NCHW, the spelled-out PReLU becomes PRelu, and
 * where the network was trained on transposed images its two spatial axes swap, so that it takes normal ones.
 */
import type { Constant, Node } from './onnx';
import type { TfliteModel, TfliteOperator, TfliteTensor, Window } from './tflite';

export interface Translation {
  /** Tensors of the network that are wanted. */
  readonly wanted: readonly number[];
  /** Swap the two spatial axes of every kernel and of the features that enter a fully connected layer. */
  readonly transposed: boolean;
}

/** A network being translated; nodes in running order. */
export interface Translated {
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<string, Constant>;
  /** ONNX names of the wanted tensors. */
  readonly outputs: readonly string[];
  /** ONNX name of the input. */
  readonly input: string;
}

class Translator {
  readonly nodes: Node[] = [];
  readonly constants = new Map<string, Constant>();
  private readonly producers: ReadonlyMap<number, TfliteOperator>;
  private readonly names = new Map<number, string>();

  constructor(
    private readonly model: TfliteModel,
    private readonly transposed: boolean,
  ) {
    this.producers = new Map(model.operators.map((operator) => [operator.output, operator]));
  }

  /** The ONNX name of a tensor, after the nodes that compute it. */
  value(index: number): string {
    const known = this.names.get(index);
    if (known !== undefined) return known;
    const { name } = this.tensor(index);
    const producer = this.producers.get(index);
    if (producer !== undefined) this.translate(producer, name);
    this.names.set(index, name);
    return name;
  }

  private tensor(index: number | undefined): TfliteTensor {
    const tensor = index === undefined ? undefined : this.model.tensors[index];
    if (tensor === undefined) throw new Error('A TensorFlow Lite operator lacks an input');
    return tensor;
  }

  private constant(index: number | undefined): TfliteTensor & { data: Float32Array } {
    const { data, ...tensor } = this.tensor(index);
    if (data === undefined) throw new Error(`Expected ${tensor.name} to be a constant`);
    return { ...tensor, data };
  }

  private producer(index: number | undefined, name: TfliteOperator['name']): TfliteOperator | undefined {
    const producer = index === undefined ? undefined : this.producers.get(index);
    return producer?.name === name ? producer : undefined;
  }

  private translate(operator: TfliteOperator, output: string): void {
    switch (operator.name) {
      case 'CONV_2D':
      case 'DEPTHWISE_CONV_2D':
        this.convolution(operator, output);
        break;
      case 'MAX_POOL_2D':
        this.maxPool(operator, output);
        break;
      case 'FULLY_CONNECTED':
        this.fullyConnected(operator, output);
        break;
      case 'RESHAPE':
        this.emit('Flatten', [this.value(operator.inputs[0]!)], output, { axis: 1 });
        break;
      case 'ADD':
        this.addition(operator, output);
        break;
      default:
        throw new Error(`${operator.name} is not supported outside a PReLU`);
    }
  }

  private emit(op: string, inputs: readonly string[], output: string, attributes?: Node['attributes']): void {
    this.nodes.push({ op, inputs, output, ...(attributes && { attributes }) });
  }

  private add(name: string, dims: readonly number[], data: Float32Array): string {
    this.constants.set(name, { dims, data });
    return name;
  }

  /** [vertical, horizontal] of the file as [vertical, horizontal] of normal images. */
  private spatial<T>([vertical, horizontal]: readonly [T, T]): [T, T] {
    return this.transposed ? [horizontal, vertical] : [vertical, horizontal];
  }

  private convolution({ name, inputs, window }: TfliteOperator, output: string): void {
    const [image, kernel, bias] = [
      this.tensor(inputs[0]),
      this.constant(inputs[1]),
      this.constant(inputs[2]),
    ];
    const depthwise = name === 'DEPTHWISE_CONV_2D';
    const [outer, height, width, inner] = kernel.shape as [number, number, number, number];
    const [out, into] = depthwise ? [inner, outer] : [outer, inner];
    const [rows, columns] = this.spatial([height, width]);
    const data = new Float32Array(kernel.data.length);
    let at = 0;
    for (let o = 0; o < out; o++) {
      for (let i = 0; i < into; i++) {
        for (let y = 0; y < rows; y++) {
          for (let x = 0; x < columns; x++) {
            const [v, h] = this.spatial([y, x]);
            const [first, last] = depthwise ? [i, o] : [o, i];
            data[at++] = kernel.data[((first * height + v) * width + h) * inner + last]!;
          }
        }
      }
    }
    const { strides, padding } = windowOf(name, window);
    const before = this.spatial([
      samePadding(padding, image.shape[1]!, height, strides[0]),
      samePadding(padding, image.shape[2]!, width, strides[1]),
    ]);
    this.emit(
      'Conv',
      [
        this.value(inputs[0]!),
        this.add(`${output}/weights`, [out, into, rows, columns], data),
        this.add(`${output}/bias`, [out], bias.data),
      ],
      output,
      {
        kernel_shape: [rows, columns],
        strides: this.spatial(strides),
        pads: [before[0].before, before[1].before, before[0].after, before[1].after],
        group: depthwise ? out : 1,
      },
    );
  }

  /**
   * A pooling that starts at the first pixel and, under SAME, runs past the last one; outside pixels never win. Padding
   * of size − 1 at the end gives that for every image size.
   */
  private maxPool({ name, inputs, window }: TfliteOperator, output: string): void {
    const { strides, padding, size } = windowOf(name, window);
    if (size === undefined) throw new Error('Expected a size of the pooling window');
    const image = this.tensor(inputs[0]);
    for (const axis of [0, 1] as const) {
      if (samePadding(padding, image.shape[axis + 1]!, size[axis], strides[axis]).before !== 0) {
        throw new Error('MAX_POOL_2D with padding before the first pixel is not supported');
      }
    }
    const [rows, columns] = this.spatial(size);
    const after = padding === 'SAME' ? [rows - 1, columns - 1] : [0, 0];
    this.emit('MaxPool', [this.value(inputs[0]!)], output, {
      kernel_shape: [rows, columns],
      strides: this.spatial(strides),
      pads: [0, 0, ...after],
    });
  }

  private fullyConnected({ inputs }: TfliteOperator, output: string): void {
    const [features, matrix, bias] = [
      this.tensor(inputs[0]),
      this.constant(inputs[1]),
      this.constant(inputs[2]),
    ];
    let input = this.value(inputs[0]!);
    let data = matrix.data;
    const [out, into] = matrix.shape as [number, number];
    if (features.shape.length === 4) {
      const [, height, width, channels] = features.shape as [number, number, number, number];
      data = this.columnsInChannelOrder(data, out, [height, width, channels]);
      const flat = `${output}/flat`;
      this.emit('Flatten', [input], flat, { axis: 1 });
      input = flat;
    }
    this.emit(
      'Gemm',
      [input, this.add(`${output}/weights`, [out, into], data), this.add(`${output}/bias`, [out], bias.data)],
      output,
      { transB: 1 },
    );
  }

  /** Reorders a matrix whose columns follow (height, width, channel) features to follow (channel, y, x) ones. */
  private columnsInChannelOrder(
    matrix: Float32Array,
    out: number,
    [height, width, channels]: readonly [number, number, number],
  ): Float32Array {
    const [rows, columns] = this.spatial([height, width]);
    const into = height * width * channels;
    const reordered = new Float32Array(matrix.length);
    let at = 0;
    for (let o = 0; o < out; o++) {
      for (let channel = 0; channel < channels; channel++) {
        for (let y = 0; y < rows; y++) {
          for (let x = 0; x < columns; x++) {
            const [v, h] = this.spatial([y, x]);
            reordered[at++] = matrix[o * into + (v * width + h) * channels + channel]!;
          }
        }
      }
    }
    return reordered;
  }

  private addition({ inputs }: TfliteOperator, output: string): void {
    const prelu = this.matchPrelu(inputs);
    if (prelu === undefined) {
      this.emit('Add', [this.value(inputs[0]!), this.value(inputs[1]!)], output);
      return;
    }
    const rank = this.tensor(prelu.input).shape.length;
    const channels = prelu.slope.length;
    const dims = rank === 4 ? [channels, 1, 1] : [channels];
    this.emit('PRelu', [this.value(prelu.input), this.add(`${output}/slope`, dims, prelu.slope)], output);
  }

  /**
   * relu(x) + slope × min(x, 0), whose second part the files spell −relu(−x) × slope (MTCNN) or (x − |x|) × slope / 2
   * (MobileFaceNet).
   */
  private matchPrelu([left, right]: readonly number[]): { input: number; slope: Float32Array } | undefined {
    const positive = this.producer(left, 'RELU');
    const scaled = this.producer(right, 'MUL');
    if (positive === undefined || scaled === undefined) return undefined;
    const slope = this.constant(scaled.inputs[0]).data;
    const negative = this.matchNegativePart(scaled.inputs[1]);
    if (negative === undefined || negative.input !== positive.inputs[0]) return undefined;
    return { input: negative.input, slope: slope.map((value) => value * negative.factor) };
  }

  /** factor × min(x, 0) */
  private matchNegativePart(index: number | undefined): { input: number; factor: number } | undefined {
    const inner = this.producer(this.producer(index, 'NEG')?.inputs[0], 'RELU');
    const negated = this.producer(inner?.inputs[0], 'NEG')?.inputs[0];
    if (negated !== undefined) return { input: negated, factor: 1 };
    const [input, absolute] = this.producer(index, 'SUB')?.inputs ?? [];
    const isAbsolute = input !== undefined && this.producer(absolute, 'ABS')?.inputs[0] === input;
    return isAbsolute ? { input, factor: 2 } : undefined;
  }
}

function windowOf(name: string, window: Window | undefined): Window {
  if (window === undefined) throw new Error(`Expected ${name} to state its strides`);
  return window;
}

/** TensorFlow's SAME: ceil(length / stride) windows, the padding split evenly, the odd pixel at the end. */
function samePadding(
  padding: Window['padding'],
  length: number,
  size: number,
  stride: number,
): { before: number; after: number } {
  if (padding === 'VALID') return { before: 0, after: 0 };
  const total = Math.max(0, (Math.ceil(length / stride) - 1) * stride + size - length);
  const before = Math.floor(total / 2);
  return { before, after: total - before };
}

/** @throws Error that names an operator or a spelling which the translation does not know */
export function translateTflite(model: TfliteModel, { wanted, transposed }: Translation): Translated {
  const translator = new Translator(model, transposed);
  const outputs = wanted.map((index) => translator.value(index));
  const [input] = model.inputs;
  if (input === undefined) throw new Error('The TensorFlow Lite network has no input');
  return {
    nodes: translator.nodes,
    constants: translator.constants,
    outputs,
    input: translator.value(input),
  };
}
