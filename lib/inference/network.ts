/** One neural network, whatever runs it. */

/** Numbers, row-major. */
export interface Tensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** Tensors by the names that the network's file gives its inputs or outputs. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** A number where a dimension is fixed, undefined where it is free. */
export type Shape = readonly (number | undefined)[];

/** What the pipeline needs of a network; tests may pass a fake one. Networks of one input: see single.ts. */
export interface Network {
  /** Float32 inputs by name → float32 outputs by name. */
  run(inputs: Tensors): Promise<Tensors>;
  /** The shapes that the file declares, in its order. */
  readonly inputs: Readonly<Record<string, Shape>>;
  readonly outputs: Readonly<Record<string, Shape>>;
  /** Milliseconds spent inside `run` so far. */
  readonly busyMs: number;
  release(): Promise<void>;
}

export interface NetworkOptions {
  /** An ONNX Runtime execution provider: cpu, webgpu, cuda … */
  readonly provider: string;
  /** Threads for one operator. */
  readonly threads: number;
}
