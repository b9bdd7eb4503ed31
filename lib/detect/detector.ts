/**
 * What a detector is: a frame in, faces out. A kind of detector is one file of kinds/ that declares its options and its
 * networks and knows how to make sense of them; which networks there are is the manifest's affair.
 */
import type { Face } from '../core/face';
import type { Parameter } from '../core/parameters';
import type { Stopwatch } from '../core/stopwatch';
import type { Frame } from '../image/frame';
import type { Network } from '../inference/network';
import type { Provider } from '../inference/provider-names';
import type { DetectModel } from '../models/manifest';
import type { CommonOptions } from './options';

/** Finds faces in one frame after another; may hold buffers, so one call at a time. */
export interface Detector {
  /**
   * The faces of a frame with box, confidence and landmarks in pixels of the frame, most confident first.
   * @param options of the detector's kind, as toDetectorOptions gives them
   */
  detect(frame: Frame, options: CommonOptions, watch?: Stopwatch): Promise<Face[]>;
}

/** A network of a detector, with what its manifest says of it. */
export interface OpenedNetwork {
  readonly model: DetectModel;
  readonly network: Network;
}

/** @typeParam R what the networks are to the detector */
export interface DetectorKind<R extends string = string> {
  /** As manifests name it. */
  readonly id: string;
  /** MIN_FACE_SIZE, MAX_FACES and minConfidence among them. */
  readonly options: readonly Parameter[];
  /** The networks it takes: what each is to it → the shipped one that is used where a manifest names none, or null. */
  readonly networks: Readonly<Record<R, string | null>>;
  /** @throws ArcFlowError MODEL_MISMATCH when a network is not what the kind takes */
  open(networks: Readonly<Record<R, OpenedNetwork>>, provider: Provider): Promise<Detector>;
}

/** Checks a kind where it is declared, and keeps the names of its networks. */
export function detectorKind<const R extends string>(kind: DetectorKind<R>): DetectorKind<R> {
  return kind;
}
