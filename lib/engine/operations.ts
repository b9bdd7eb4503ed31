/** Everything the engine can do, as it runs in the worker thread. */
import { alignFace } from '../face-models/align';
import { embedCrops } from '../face-models/embedder';
import { readFaces, type Reading } from '../face-models/reading';
import { measureSharpness } from '../face-models/sharpness';
import type { Face, Landmarks } from '../core/face';
import { annotate, type AnnotateOptions } from '../annotate/annotate';
import type { Box } from '../core/box';
import { cropRegion } from '../image/crop';
import { decodeImage } from '../image/decode';
import { encodeFrame, type EncodeOptions } from '../image/encode';
import { CHANNELS, looksLikeFrame, type Frame, type FrameOrigin } from '../image/frame';
import { fingerprint, toImageBytes, type ImageInput } from '../image/input';
import type { ProviderAttempt } from '../inference/providers';
import type { Detector } from '../detect/detector';
import { describeDetector, toDetectorOptions, type DescribedDetector } from '../detect/open';
import type { CommonOptions } from '../detect/options';
import { detectInRegions } from '../detect/regions';
import { largestFaces } from '../detect/select';
import { DEFAULT_DETECTOR, type EmbedModel } from '../models/manifest';
import { preprocessFaces } from '../preprocess/face-regions';
import { preprocess, type StepReport } from '../preprocess/pipeline';
import { previewHistogram, testCard } from '../preprocess/preview';
import { operationOf, type Step } from '../preprocess/steps';
import type { PreprocessTarget } from '../preprocess/target';
import { PromiseCache } from '../core/promise-cache';
import { Stopwatch } from '../core/stopwatch';
import { invalid } from '../core/validate';
import type { Networks } from './networks';

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

/** The options of the detector beside its id; what is missing gets its default. */
export interface DetectRequest {
  /** Id of a detector in the manifest; absent: the default one. */
  readonly detector?: string;
  readonly [option: string]: unknown;
}

/** A detector that is ready, and what its options are. */
interface ReadyDetector {
  readonly detector: Detector;
  readonly description: DescribedDetector;
}

export interface Detection {
  readonly frame: Frame;
  readonly faces: readonly Face[];
  /** Faces that were found and left out, being smaller than the most that were asked for. */
  readonly omitted: number;
  /** The id of the detector that looked. */
  readonly detector: string;
  readonly provider: string;
  /** Milliseconds for each stage: decode, then those of the detector (MTCNN: pyramid, pnet, nms, crops, rnet, onet). */
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

export interface PreprocessRequest {
  readonly steps: readonly Step[];
  readonly target: PreprocessTarget;
  /** The faces that were found in the frame; absent where nothing has looked for any. */
  readonly faces?: readonly Face[];
}

export interface PreprocessResult {
  readonly frame: Frame;
  readonly faces?: readonly Face[];
  readonly report: readonly StepReport[];
}

export interface PreprocessPreview {
  /** JPEG. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** Luminance in 64 bins, the fullest bin being 1. */
  readonly histograms: { readonly before: readonly number[]; readonly after: readonly number[] };
  readonly report: readonly StepReport[];
}

/** Small enough to follow a parameter while it moves. */
const PREVIEW_PICTURE: EncodeOptions = { format: 'jpeg', quality: 88, maxSide: 480 };
const PREVIEW_MIN_FACE = 24;

/** Bytes that are kept from one annotated frame to the next: a frame of 3840 × 2160. */
const LARGEST_CANVAS = 3840 * 2160 * CHANNELS;

export class Operations {
  private readonly detectors = new PromiseCache<ReadyDetector>();
  private canvas: Uint8Array | undefined;

  constructor(private readonly networks: Networks) {}

  /** Which provider runs, and why the others do not. */
  async info(): Promise<RuntimeInfo> {
    const { provider, attempts } = await this.networks.provider();
    return { provider, attempts, threads: this.networks.threads };
  }

  /** Any image → Frame; a Frame passes as it is. */
  async decode(image: ImageInput, origin: Partial<FrameOrigin>): Promise<Frame> {
    if (looksLikeFrame(image)) return image as Frame;
    const bytes = toImageBytes(image);
    return decodeImage(bytes, { ...origin, picture: fingerprint(bytes) });
  }

  async encode(frame: Frame, options: EncodeOptions): Promise<Uint8Array> {
    return encodeFrame(frame, options);
  }

  /** A small JPEG of a face with some of what is around it. */
  async thumbnail(frame: Frame, box: Box): Promise<Uint8Array> {
    const region = cropRegion(frame, box, THUMBNAIL_MARGIN);
    return encodeFrame(region, { format: 'jpeg', quality: THUMBNAIL_QUALITY, maxSide: THUMBNAIL_SIDE });
  }

  /**
   * @param regions where to look, see detectInRegions; absent: everywhere
   * @throws ArcFlowError MODEL_MISSING for an unknown detector; INVALID_ARGUMENT for an option out of range
   */
  async detect(
    image: ImageInput,
    origin: Partial<FrameOrigin>,
    request: DetectRequest,
    regions?: readonly Box[],
  ): Promise<Detection> {
    const watch = new Stopwatch();
    const frame = await watch.time('decode', () => this.decode(image, origin));
    const { detector, description, options } = await this.prepareDetector(request);
    const found = regions
      ? await detectInRegions(detector, frame, regions, options, watch)
      : await detector.detect(frame, options, watch);
    const { provider } = await this.networks.provider();
    const faces = largestFaces(found, options.maxFaces);
    const omitted = found.length - faces.length;
    return { frame, faces, omitted, detector: description.id, provider, stages: watch.stages };
  }

  /** One embedding for each set of landmarks, in the same order. */
  async embed(
    frame: Frame,
    landmarks: readonly Landmarks[],
    { model, flip, crops }: EmbedRequest,
  ): Promise<Embedded[]> {
    const network = await this.networks.openEmbedder(model);
    const aligned = landmarks.map((points) => alignFace(frame, points, model.input.width));
    const embeddings = await embedCrops(aligned, model, network, { flip });
    return aligned.map((crop, index) => ({
      embedding: embeddings[index]!,
      sharpness: measureSharpness(crop),
      ...(crops && { crop }),
    }));
  }

  /**
   * What face models of the manifest say of each face, in the faces' order: the readings by the models' ids.
   * @throws ArcFlowError MODEL_MISSING that names the face models there are
   */
  async readFaces(
    frame: Frame,
    faces: readonly Pick<Face, 'box' | 'landmarks'>[],
    ids: readonly string[],
  ): Promise<Readonly<Record<string, Reading>>[]> {
    const byFace: Record<string, Reading>[] = faces.map(() => ({}));
    for (const id of ids) {
      const { model, network } = await this.networks.openReader(id);
      const readings = await readFaces(frame, faces, model, network);
      readings.forEach((reading, index) => (byFace[index]![id] = reading));
    }
    return byFace;
  }

  /** A copy of the frame with what was found drawn on it, encoded when asked for. */
  async annotate(
    frame: Frame,
    faces: readonly Face[],
    { annotate: options, encode }: AnnotateRequest,
  ): Promise<Frame | Uint8Array> {
    if (!encode) return annotate(frame, faces, options);
    return encodeFrame(annotate(frame, faces, options, this.canvasFor(frame)), encode);
  }

  /** Runs preprocessing steps over the frame, or over the regions of the faces. */
  async preprocess(
    image: ImageInput,
    origin: Partial<FrameOrigin>,
    { steps, target, faces }: PreprocessRequest,
  ): Promise<PreprocessResult> {
    const frame = await this.decode(image, origin);
    if (target === 'frame') return preprocess(frame, steps, faces && { faces });
    if (!faces) throw invalid('an array of faces (put the node after mtcnn-detect)', 'msg.faces', faces);
    return { ...preprocessFaces(frame, steps, faces), faces };
  }

  /** A picture before and after preprocessing, for the editor; without an image, a test card. */
  async preview(
    image: ImageInput | undefined,
    { steps, target }: PreprocessRequest,
  ): Promise<PreprocessPreview> {
    const full = image === undefined ? testCard() : await this.decode(image, {});
    const before = await decodeImage(await encodeFrame(full, PREVIEW_PICTURE));
    const needsFaces =
      target === 'faces' || steps.some(({ id, enabled }) => enabled && operationOf(id).needsFaces);
    const faces = needsFaces
      ? (await this.detect(before, {}, { minFaceSize: PREVIEW_MIN_FACE })).faces
      : undefined;
    const { frame: after, report } = await this.preprocess(
      before,
      {},
      { steps, target, ...(faces && { faces }) },
    );
    return {
      before: await encodeFrame(before, PREVIEW_PICTURE),
      after: await encodeFrame(after, PREVIEW_PICTURE),
      histograms: { before: previewHistogram(before), after: previewHistogram(after) },
      report,
    };
  }

  /** Memory to draw on for frames of one size: fresh memory costs more than the copy into it. */
  private canvasFor({ data: { length } }: Frame): Uint8Array | undefined {
    if (length > LARGEST_CANVAS) return undefined;
    if (this.canvas?.length !== length) this.canvas = new Uint8Array(length);
    return this.canvas;
  }

  private async prepareDetector({
    detector: id = DEFAULT_DETECTOR,
    ...given
  }: DetectRequest): Promise<ReadyDetector & { readonly options: CommonOptions }> {
    const ready = await this.detectors.get(id, async () => {
      const entry = this.networks.detectorEntry(id);
      return { description: describeDetector(entry), detector: await this.networks.openDetector(entry) };
    });
    return { ...ready, options: toDetectorOptions(ready.description, given) };
  }
}
