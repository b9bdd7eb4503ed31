/** The bare networks: what they were asked while a frame was looked at, asked again with nothing around it. */
import type { Network } from '../lib/inference/network';

interface Question {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** A network that notes what it is asked. */
export interface RecordedNetwork extends Network {
  /** What was asked since `forget`; copies, because the detector writes over its buffers. */
  readonly questions: readonly Question[];
  forget(): void;
  /** Asks all of it again, on tensors that are ready: milliseconds. */
  replay(): Promise<number>;
}

export function record(network: Network): RecordedNetwork {
  let questions: Question[] = [];
  let recording = false;
  return {
    inputShape: network.inputShape,
    outputShape: network.outputShape,
    get busyMs() {
      return network.busyMs;
    },
    get questions() {
      return questions;
    },
    run(data, dims) {
      if (recording) questions.push({ data: data.slice(), dims });
      return network.run(data, dims);
    },
    forget() {
      questions = [];
      recording = true;
    },
    async replay() {
      recording = false;
      const before = network.busyMs;
      for (const { data, dims } of questions) await network.run(data, dims);
      return network.busyMs - before;
    },
    release: () => network.release(),
  };
}
