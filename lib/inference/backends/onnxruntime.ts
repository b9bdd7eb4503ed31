/** Networks in ONNX Runtime: the only code that talks to its sessions. */
import '../telemetry';
import { env, InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import { ArcFlowError, messageOf } from '../../core/errors';
import type { Network, NetworkOptions, Shape, Tensor } from '../network';

// A provider that is missing is an ordinary answer here, not something to print on the console.
env.logLevel = 'fatal';

/** @throws ArcFlowError MODEL_MISMATCH when the file is not an ONNX network with float32 inputs and a float32 output. */
export async function openNetwork(path: string, { provider, threads }: NetworkOptions): Promise<Network> {
  const session = await createSession(path, provider, threads);
  const inputs = floatShapes(session.inputMetadata);
  const outputs = floatShapes(session.outputMetadata);
  const wanted = Object.keys(outputs);
  if (Object.keys(inputs).length !== session.inputNames.length || wanted.length === 0) {
    await session.release();
    throw new ArcFlowError(
      'MODEL_MISMATCH',
      `Expected a network with float32 inputs and a float32 output in ${path}`,
      'wrong model',
    );
  }
  let busyMs = 0;
  return {
    inputs,
    outputs,
    get busyMs() {
      return busyMs;
    },
    async run(given) {
      const feeds: Record<string, RuntimeTensor> = {};
      for (const name in given) {
        const { data, dims } = given[name]!;
        feeds[name] = new RuntimeTensor('float32', data, dims);
      }
      const started = performance.now();
      const results = await session.run(feeds, wanted);
      busyMs += performance.now() - started;
      const found: Record<string, Tensor> = {};
      for (const name of wanted) {
        const { data, dims } = results[name]!;
        found[name] = { data: data as Float32Array, dims };
      }
      return found;
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

/** Those of the values that are float32 tensors. */
function floatShapes(values: readonly InferenceSession.ValueMetadata[]): Record<string, Shape> {
  const floats = values.filter((value) => value.isTensor && value.type === 'float32');
  return Object.fromEntries(
    floats.map((value) => [value.name, value.isTensor ? value.shape.map(fixedSize) : []]),
  );
}

function fixedSize(size: number | string): number | undefined {
  return typeof size === 'number' && size > 0 ? size : undefined;
}
