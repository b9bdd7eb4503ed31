/** One neural network: the only code that talks to ONNX Runtime sessions. */
import './telemetry';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { ArcFlowError, messageOf } from '../core/errors';

export interface Output {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** What the pipeline needs of a network; tests may pass a fake one. */
export interface Network {
  /** Runs the network on one float32 input of these dimensions (NCHW) and returns its first output. */
  run(data: Float32Array, dims: readonly number[]): Promise<Output>;
  /** Declared input dimensions; a number where fixed, undefined where dynamic. */
  readonly inputShape: readonly (number | undefined)[];
  readonly outputShape: readonly (number | undefined)[];
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

/** @throws ArcFlowError MODEL_MISMATCH when the file is not an ONNX network with one image input. */
export async function openNetwork(path: string, { provider, threads }: NetworkOptions): Promise<Network> {
  const session = await createSession(path, provider, threads);
  const [input] = session.inputMetadata;
  const [output] = session.outputMetadata;
  if (
    session.inputNames.length !== 1 ||
    !input?.isTensor ||
    !output?.isTensor ||
    input.type !== 'float32' ||
    output.type !== 'float32'
  ) {
    await session.release();
    throw new ArcFlowError(
      'MODEL_MISMATCH',
      `Expected a network with one float32 image input and a float32 output in ${path}`,
      'wrong model',
    );
  }
  let busyMs = 0;
  return {
    inputShape: input.shape.map(fixedSize),
    outputShape: output.shape.map(fixedSize),
    get busyMs() {
      return busyMs;
    },
    async run(data, dims) {
      const started = performance.now();
      const results = await session.run({ [input.name]: new Tensor('float32', data, dims) }, [output.name]);
      busyMs += performance.now() - started;
      const result = results[output.name]!;
      return { data: result.data as Float32Array, dims: result.dims };
    },
    release: () => session.release(),
  };
}

/**
 * A session's threads look for the next operator for this long, microseconds, and then sleep. By default they spin on: those
 * of P-Net would hold the cores while R-Net runs, and those of the engine while other flows and processes do
 * (docs/notes/performance.md, Threads).
 */
const SPIN_US = 50;
const WAIT_ASLEEP = { session: { intra_op: { allow_spinning: '1', spin_duration_us: String(SPIN_US) } } };

async function createSession(path: string, provider: string, threads: number): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(path, {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      graphOptimizationLevel: 'all',
      extra: WAIT_ASLEEP,
      // Warnings about nodes that stay on the CPU are of no use to a user of a flow.
      logSeverityLevel: 3,
    });
  } catch (error) {
    throw new ArcFlowError(
      'MODEL_MISMATCH',
      `ONNX Runtime cannot load ${path} on ${provider}: ${messageOf(error)}`,
      'model not loadable',
      { cause: error },
    );
  }
}

function fixedSize(size: number | string): number | undefined {
  return typeof size === 'number' && size > 0 ? size : undefined;
}
