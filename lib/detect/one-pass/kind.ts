/** Kinds whose network finds faces in one pass over the picture: they declare how its outputs are read. */
import { createRequire } from 'node:module';
import type { Landmarks } from '../../core/face';
import type { NumberParameter } from '../../core/parameters';
import type { ScoredBox } from '../../geometry/nms';
import type { Tensors } from '../../inference/network';
import type { DetectorKind, OpenedNetwork } from '../detector';
import { MAX_FACES, MIN_CONFIDENCE, MIN_FACE_SIZE, THRESHOLD, type CommonOptions } from '../options';
import { requireRawPixels } from '../raw-pixels';
import type * as Implementation from './detector';
import type { Size } from './views';

const load = createRequire(__filename);

/** A face in pixels of the network's input. */
export interface Found extends ScoredBox {
  /** Where the network gives none, O-Net does. */
  readonly landmarks?: Landmarks;
}

export interface OnePass {
  readonly id: string;
  /** Shorter side of the smallest face that the network finds, pixels of its input. */
  readonly smallestFace: number;
  /** Defaults: least score of a face, and how far two boxes of different faces overlap. */
  readonly score: number;
  readonly overlap: number;
  /** Default least probability that O-Net must give a face; absent where the network gives landmarks itself. */
  readonly confirm?: number;
  /**
   * Reads the outputs of one run.
   * @param input its size
   * @param score least score, 0..1
   * @throws ArcFlowError MODEL_MISMATCH when they are not of this kind
   */
  decode(outputs: Tensors, input: Size, score: number): Found[];
  /** Looks at the outputs for an empty picture, once for a network; throws as decode does. */
  check?(outputs: Tensors): void;
}

/** What a user may set of a detector of one pass. */
export interface OnePassOptions extends CommonOptions {
  readonly score: number;
  readonly overlap: number;
  readonly confirm?: number;
}

export function onePass(declared: OnePass): DetectorKind {
  const { id, confirm } = declared;
  const networks: Record<string, string | null> = { faces: null };
  if (confirm !== undefined) networks['onet'] = 'mtcnn-onet';
  return {
    id,
    options: [MIN_FACE_SIZE, ...thresholds(declared), MAX_FACES, MIN_CONFIDENCE],
    networks,
    open({ faces, onet }: Readonly<Record<string, OpenedNetwork>>) {
      if (onet) requireRawPixels(onet);
      // Not before it is needed: dialogs read the options on the main thread, which has no use for kernels.
      const { OnePassDetector } = load('./detector') as typeof Implementation;
      return OnePassDetector.open(declared, faces!, onet?.network);
    },
  };
}

function thresholds({ score, overlap, confirm }: OnePass): NumberParameter[] {
  return [
    { name: 'score', ...THRESHOLD, default: score },
    { name: 'overlap', type: 'number', min: 0.05, max: 0.95, default: overlap, unit: 'factor' },
    ...(confirm === undefined ? [] : [{ name: 'confirm', ...THRESHOLD, default: confirm }]),
  ];
}
