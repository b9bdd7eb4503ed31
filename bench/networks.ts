/** The bare networks: what they were asked while a frame was looked at, asked again with nothing around it. */
import { openNetwork } from '../lib/inference/backends/onnxruntime';
import type { Network, Tensors } from '../lib/inference/network';
import type { Detector } from '../lib/detect/detector';
import { describeDetector, networkIds, openDetector, toDetectorOptions } from '../lib/detect/open';
import type { CommonOptions } from '../lib/detect/options';
import {
  findDetectModel,
  readManifest,
  requireModel,
  type DetectorEntry,
  type Manifest,
} from '../lib/models/manifest';
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

/** A detector in this process, whose networks note what they are asked. */
export interface RecordedDetector {
  readonly id: string;
  readonly detector: Detector;
  /** Its options, what is not given at their defaults. */
  readonly options: (given: Readonly<Record<string, number>>) => CommonOptions;
  readonly networks: readonly RecordedNetwork[];
}

export async function openRecorded(path: string): Promise<RecordedNetwork> {
  return recorded(await openNetwork(path, { provider: 'cpu', threads: THREADS }));
}

export async function openDetectors(): Promise<RecordedDetector[]> {
  const manifest = readManifest();
  return Promise.all(manifest.detectors.map((entry) => openRecordedDetector(manifest, entry)));
}

async function openRecordedDetector(manifest: Manifest, entry: DetectorEntry): Promise<RecordedDetector> {
  const ids = Object.values(networkIds(entry));
  const networks = await Promise.all(ids.map((id) => openRecorded(requireModel(id).path)));
  const load = (id: string) =>
    Promise.resolve({ model: findDetectModel(manifest, id), network: networks[ids.indexOf(id)]! });
  const detector = await openDetector(entry, load, 'cpu');
  const description = describeDetector(entry);
  return { id: entry.id, detector, options: (given) => toDetectorOptions(description, given), networks };
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
