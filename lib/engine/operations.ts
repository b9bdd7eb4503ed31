/** Everything the engine can do, as it runs in the worker thread. */
import { alignFace } from '../arcface/align';
import { checkEmbedModel, embedCrops } from '../arcface/embedder';
import { measureSharpness } from '../arcface/sharpness';
import type { Face, Landmarks } from '../face';
import { annotate, type AnnotateOptions } from '../image/annotate';
import type { Box } from '../geometry/box';
import { decodeImage } from '../image/decode';
import { encodeFrame, type EncodeOptions } from '../image/encode';
import { looksLikeFrame, type Frame, type FrameOrigin } from '../image/frame';
import { toImageBytes } from '../image/input';
import type { ProviderAttempt } from '../inference/providers';
import { Detector } from '../mtcnn/detector';
import type { DetectOptions } from '../mtcnn/options';
import { detectInRegions } from '../mtcnn/regions';
import type { EmbedModel } from '../models/manifest';
import { verifyModelFile } from '../models/verify';
import { Stopwatch } from '../stopwatch';
import { cropRegion } from '../tracking/best-shot';
import type { ImageInput } from './engine';
import { Networks } from './networks';
import type { EngineOptions } from './protocol';

/** Share of the box that a thumbnail shows around it; pixels; JPEG quality. */
const THUMBNAIL_MARGIN = 0.25;
const THUMBNAIL_SIDE = 160;
const THUMBNAIL_QUALITY = 85;

export interface RuntimeInfo {
  readonly provider: string;
  readonly threads: number;
  /** The providers that were tried, with the reason where one does not run. */
  readonly attempts: readonly ProviderAttempt[];
}

export interface Detection {
  readonly frame: Frame;
  readonly faces: readonly Face[];
  readonly provider: string;
  /** Milliseconds for each stage: decode, pyramid, pnet, nms, crops, rnet, onet. */
  readonly stages: Readonly<Record<string, number>>;
}

export interface Embedded {
  readonly embedding: Float32Array;
  /** 0 (blurred) to 1 (sharp). */
  readonly sharpness: number;
  /** The aligned crop, when it was asked for. */
  readonly crop?: Frame;
}

export interface EmbedRequest {
  readonly model: EmbedModel;
  readonly flip: boolean;
  readonly crops: boolean;
}

export interface AnnotateRequest {
  readonly annotate: AnnotateOptions;
  /** Absent: the result stays a Frame. */
  readonly encode?: EncodeOptions;
}

export class Operations {
  private readonly networks: Networks;
  private detector: Promise<Detector> | undefined;

  constructor(options: EngineOptions) {
    this.networks = new Networks(options);
  }

  /** Which provider runs, and why the others do not. */
  async info(): Promise<RuntimeInfo> {
    const { provider, attempts } = await this.networks.provider();
    return { provider, attempts, threads: this.networks.threads };
  }

  /** Any image → Frame; a Frame passes as it is. */
  async decode(image: ImageInput, origin: Partial<FrameOrigin>): Promise<Frame> {
    return looksLikeFrame(image) ? (image as Frame) : decodeImage(toImageBytes(image), origin);
  }

  async encode(frame: Frame, options: EncodeOptions): Promise<Uint8Array> {
    return encodeFrame(frame, options);
  }

  /** A small JPEG of a face with some of what is around it. */
  async thumbnail(frame: Frame, box: Box): Promise<Uint8Array> {
    const region = cropRegion(frame, box, THUMBNAIL_MARGIN);
    return encodeFrame(region, { format: 'jpeg', quality: THUMBNAIL_QUALITY, maxSide: THUMBNAIL_SIDE });
  }

  /** @param regions where to look, see detectInRegions; absent: everywhere */
  async detect(
    image: ImageInput,
    origin: Partial<FrameOrigin>,
    options: DetectOptions,
    regions?: readonly Box[],
  ): Promise<Detection> {
    const watch = new Stopwatch();
    const frame = await watch.time('decode', () => this.decode(image, origin));
    const detector = await this.loadDetector();
    const faces = regions
      ? await detectInRegions(detector, frame, regions, options, watch)
      : await detector.detect(frame, options, watch);
    const { provider } = await this.networks.provider();
    return { frame, faces, provider, stages: watch.stages };
  }

  /** One embedding for each set of landmarks, in the same order. */
  async embed(
    frame: Frame,
    landmarks: readonly Landmarks[],
    { model, flip, crops }: EmbedRequest,
  ): Promise<Embedded[]> {
    verifyModelFile(model);
    const network = await this.networks.open(model.path, (opened) => checkEmbedModel(model, opened));
    const aligned = landmarks.map((points) => alignFace(frame, points, model.input.width));
    const embeddings = await embedCrops(aligned, model, network, { flip });
    return aligned.map((crop, index) => ({
      embedding: embeddings[index]!,
      sharpness: measureSharpness(crop),
      ...(crops && { crop }),
    }));
  }

  /** A copy of the frame with what was found drawn on it, encoded when asked for. */
  async annotate(
    frame: Frame,
    faces: readonly Face[],
    { annotate: options, encode }: AnnotateRequest,
  ): Promise<Frame | Uint8Array> {
    const drawn = annotate(frame, faces, options);
    return encode ? encodeFrame(drawn, encode) : drawn;
  }

  private loadDetector(): Promise<Detector> {
    this.detector ??= this.networks.cascade().then((networks) => new Detector(networks));
    // A missing file may be put there: forget the failure, so that the next message tries again.
    this.detector.catch(() => (this.detector = undefined));
    return this.detector;
  }
}
