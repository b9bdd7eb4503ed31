/** Translates a TensorFlow Lite network into the nodes and constants of an ONNX graph, NHWC into NCHW. */
import type { Constants } from './graph';
import type { Node } from './onnx';
import type { TfliteModel, TfliteOperator, TfliteTensor, Window } from './tflite';
import { type Layout, type Pair, permuteAxes, toNormal } from './tflite-layout';
import { matchPrelu } from './tflite-prelu';

export interface Translation extends Layout {
  /** Tensors of the network that are wanted. */
  readonly wanted: readonly number[];
}

export interface Translated {
  /** In running order. */
  readonly nodes: Node[];
  readonly constants: Constants;
  /** ONNX names of the network's input and of the wanted tensors. */
  readonly input: string;
  readonly outputs: readonly string[];
}

/** @throws Error that names an operator or a spelling which the translation does not know */
export function translateTflite(model: TfliteModel, { wanted, transposed }: Translation): Translated {
  const translator = new Translator(model, { transposed });
  const outputs = wanted.map((tensor) => translator.value(tensor));
  const [input = -1] = model.inputs;
  const { nodes, constants } = translator;
  return { nodes, constants, input: translator.value(input), outputs };
}

class Translator {
  readonly nodes: Node[] = [];
  readonly constants: Constants = new Map();
  readonly #model: TfliteModel;
  readonly #layout: Layout;
  readonly #translated = new Set<number>();

  constructor(model: TfliteModel, layout: Layout) {
    this.#model = model;
    this.#layout = layout;
  }

  /** The ONNX name of a tensor, after the nodes that compute it. */
  value(index: number): string {
    const { name } = this.#tensor(index);
    if (this.#translated.has(index)) return name;
    this.#translated.add(index);
    const producer = this.#model.operators.find(({ output }) => output === index);
    if (producer !== undefined) this.#translate(producer, name);
    return name;
  }

  #tensor(index: number | undefined): TfliteTensor {
    const tensor = this.#model.tensors[index ?? -1];
    if (tensor === undefined) throw new Error('A TensorFlow Lite operator lacks an input');
    return tensor;
  }

  #weights(index: number | undefined): TfliteTensor & { readonly data: Float32Array } {
    const { data, ...tensor } = this.#tensor(index);
    if (data === undefined) throw new Error(`Expected ${tensor.name} to be a constant`);
    return { ...tensor, data };
  }

  #constant(name: string, dims: readonly number[], data: Float32Array): string {
    this.constants.set(name, { dims, data });
    return name;
  }

  #emit(op: string, inputs: readonly string[], output: string, attributes?: Node['attributes']): void {
    this.nodes.push({ op, inputs, output, ...(attributes && { attributes }) });
  }

  #translate(operator: TfliteOperator, output: string): void {
    switch (operator.name) {
      case 'CONV_2D':
      case 'DEPTHWISE_CONV_2D':
        this.#convolution(operator, output);
        break;
      case 'MAX_POOL_2D':
        this.#maxPool(operator, output);
        break;
      case 'FULLY_CONNECTED':
        this.#fullyConnected(operator, output);
        break;
      case 'RESHAPE':
        this.#emit('Flatten', [this.value(operator.inputs[0]!)], output, { axis: 1 });
        break;
      case 'ADD':
        this.#sum(operator, output);
        break;
      default:
        throw new Error(`${operator.name} is not supported here`);
    }
  }

  #convolution(operator: TfliteOperator, output: string): void {
    const [image = -1, kernelIndex, biasIndex] = operator.inputs;
    const kernel = this.#weights(kernelIndex);
    const bias = this.#weights(biasIndex);
    const isDepthwise = operator.name === 'DEPTHWISE_CONV_2D';
    // Kernels are [out, height, width, in], depthwise ones [1, height, width, out].
    const [out, into] = isDepthwise ? [3, 0] : [0, 3];
    const { dims, data } = permuteAxes(kernel.data, kernel.shape, [
      out,
      into,
      ...toNormal([1, 2], this.#layout),
    ]);
    const { strides, pads } = this.#window(operator, image, [kernel.shape[1]!, kernel.shape[2]!]);
    this.#emit(
      'Conv',
      [
        this.value(image),
        this.#constant(`${output}/weights`, dims, data),
        this.#constant(`${output}/bias`, bias.shape, bias.data),
      ],
      output,
      {
        kernel_shape: dims.slice(2),
        strides,
        pads: [...pads.map(({ before }) => before), ...pads.map(({ after }) => after)],
        group: isDepthwise ? dims[0]! : 1,
      },
    );
  }

  /**
   * A pooling that starts at the first pixel and, under SAME, runs past the last one; pixels outside never win. Padding
   * of size − 1 at the end gives that for every size of the image.
   */
  #maxPool(operator: TfliteOperator, output: string): void {
    const [image = -1] = operator.inputs;
    const size = operator.window?.size;
    if (size === undefined) throw new Error('Expected MAX_POOL_2D to state the size of its window');
    const { strides, pads } = this.#window(operator, image, size);
    if (pads.some(({ before }) => before !== 0)) {
      throw new Error('MAX_POOL_2D with padding before the first pixel is not supported');
    }
    const kernel = toNormal(size, this.#layout);
    const after = operator.window?.padding === 'SAME' ? kernel.map((length) => length - 1) : [0, 0];
    this.#emit('MaxPool', [this.value(image)], output, {
      kernel_shape: kernel,
      strides,
      pads: [0, 0, ...after],
    });
  }

  #window(
    { name, window }: TfliteOperator,
    image: number,
    size: Pair<number>,
  ): { strides: Pair<number>; pads: Pair<Padding> } {
    if (window === undefined) throw new Error(`Expected ${name} to state its strides`);
    const { padding, strides } = window;
    const [, height = 0, width = 0] = this.#tensor(image).shape;
    const pads = [
      paddingOf(padding, height, size[0], strides[0]),
      paddingOf(padding, width, size[1], strides[1]),
    ] as const;
    return { strides: toNormal(strides, this.#layout), pads: toNormal(pads, this.#layout) };
  }

  #fullyConnected({ inputs: [features = -1, matrixIndex, biasIndex] }: TfliteOperator, output: string): void {
    const matrix = this.#weights(matrixIndex);
    const bias = this.#weights(biasIndex);
    const [out = 0, into = 0] = matrix.shape;
    const { shape } = this.#tensor(features);
    let input = this.value(features);
    let { data } = matrix;
    if (shape.length === 4) {
      const [, height = 0, width = 0, channels = 0] = shape;
      const order = [0, 3, ...toNormal([1, 2], this.#layout)];
      ({ data } = permuteAxes(data, [out, height, width, channels], order));
      this.#emit('Flatten', [input], `${output}/flat`, { axis: 1 });
      input = `${output}/flat`;
    }
    this.#emit(
      'Gemm',
      [
        input,
        this.#constant(`${output}/weights`, [out, into], data),
        this.#constant(`${output}/bias`, bias.shape, bias.data),
      ],
      output,
      { transB: 1 },
    );
  }

  #sum(operator: TfliteOperator, output: string): void {
    const prelu = matchPrelu(this.#model, operator);
    if (prelu === undefined) {
      this.#emit('Add', [this.value(operator.inputs[0]!), this.value(operator.inputs[1]!)], output);
      return;
    }
    const isImage = this.#tensor(prelu.input).shape.length === 4;
    const dims = isImage ? [prelu.slope.length, 1, 1] : [prelu.slope.length];
    this.#emit(
      'PRelu',
      [this.value(prelu.input), this.#constant(`${output}/slope`, dims, prelu.slope)],
      output,
    );
  }
}

interface Padding {
  readonly before: number;
  readonly after: number;
}

/** TensorFlow's SAME gives ceil(length / stride) windows; the padding is split evenly, the odd pixel comes last. */
function paddingOf(padding: Window['padding'], length: number, size: number, stride: number): Padding {
  if (padding === 'VALID') return { before: 0, after: 0 };
  const total = Math.max(0, (Math.ceil(length / stride) - 1) * stride + size - length);
  const before = Math.floor(total / 2);
  return { before, after: total - before };
}
