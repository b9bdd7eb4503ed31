/** The bare networks: what they were asked while a frame was looked at, asked again with nothing around it. */
import { openNetwork, type Network, type Tensors } from '../lib/inference/network';
import { requireModel } from '../lib/models/manifest';
import { THREADS } from './machine';

export type Question = Tensors;

/** A network that notes what it is asked. */
export interface RecordedNetwork extends Network {
  /** What was asked since `record`; copies, because the detector writes over its buffers. */
  readonly questions: readonly Question[];
  /** Forgets what was asked and notes from now on. */
  record(): void;
  /** Notes no more. */
  stop(): void;
  /** Asks all of it again, on tensors that are ready: milliseconds. Notes no more. */
  replay(): Promise<number>;
}

export const CASCADE = ['mtcnn-pnet', 'mtcnn-rnet', 'mtcnn-onet'] as const;

export interface RecordedCascade {
  readonly pnet: RecordedNetwork;
  readonly rnet: RecordedNetwork;
  readonly onet: RecordedNetwork;
}

export function networksOf({ pnet, rnet, onet }: RecordedCascade): RecordedNetwork[] {
  return [pnet, rnet, onet];
}

export async function openRecorded(path: string): Promise<RecordedNetwork> {
  return recorded(await openNetwork(path, { provider: 'cpu', threads: THREADS }));
}

export async function openCascade(): Promise<RecordedCascade> {
  const [pnet, rnet, onet] = await Promise.all(CASCADE.map((id) => openRecorded(requireModel(id).path)));
  return { pnet: pnet!, rnet: rnet!, onet: onet! };
}

/** Milliseconds that a network takes for questions that another one was asked. */
export async function ask(network: Network, questions: readonly Question[]): Promise<number> {
  const before = network.busyMs;
  for (const question of questions) await network.run(question);
  return network.busyMs - before;
}

export function recorded(network: Network): RecordedNetwork {
  let questions: Question[] = [];
  let recording = false;
  return {
    inputs: network.inputs,
    outputs: network.outputs,
    get busyMs() {
      return network.busyMs;
    },
    get questions() {
      return questions;
    },
    run(inputs) {
      if (recording) questions.push(mapTensors(inputs, (data) => data.slice()));
      return network.run(inputs);
    },
    record() {
      questions = [];
      recording = true;
    },
    stop() {
      recording = false;
    },
    replay() {
      recording = false;
      return ask(network, questions);
    },
    release: () => network.release(),
  };
}

/** The same tensors with other numbers. */
export function mapTensors(tensors: Tensors, change: (data: Float32Array) => Float32Array): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data, dims }]) => [name, { data: change(data), dims }]),
  );
}
