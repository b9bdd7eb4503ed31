/**
 * MTCNN: Zhang, Zhang, Li, Qiao, "Joint Face Detection and Alignment Using Multitask Cascaded Convolutional
 * Networks", 2016. Pyramid → P-Net → R-Net → O-Net; each stage is a file of this folder.
 */
import type { Face, Landmarks, Point } from '../../core/face';
import { measurePose } from '../../geometry/pose';
import { nonMaximumSuppression } from '../../geometry/nms';
import type { Frame } from '../../image/frame';
import type { Network } from '../../inference/network';
import { Stopwatch } from '../../core/stopwatch';
import { regress, toBox, toSquare, type Candidate } from './candidate';
import type { SearchOptions } from './options';
import { propose } from './proposals';
import { Pyramid } from './pyramid';
import { refine } from './refine';

export interface CascadeNetworks {
  readonly pnet: Network;
  readonly rnet: Network;
  readonly onet: Network;
}

/** Suppression after R-Net and O-Net (Zhang et al. 2016, published demo). */
const REFINED_OVERLAP = 0.7;

/** Finds faces in one frame after another; holds the pyramid's buffers, so one call at a time. */
export class Detector {
  private readonly pyramid: Pyramid;

  /** @param stripPixels see Pyramid */
  constructor(
    private readonly networks: CascadeNetworks,
    stripPixels?: number,
  ) {
    this.pyramid = new Pyramid(stripPixels);
  }

  /** The faces of a frame, most confident first. Boxes are in pixels of the frame and may reach past its border. */
  async detect(frame: Frame, options: SearchOptions, watch = new Stopwatch()): Promise<Face[]> {
    try {
      return await this.cascade(frame, options, watch);
    } finally {
      this.pyramid.trim();
    }
  }

  private async cascade(frame: Frame, options: SearchOptions, watch: Stopwatch): Promise<Face[]> {
    const { pnet, rnet, onet } = this.networks;
    const [proposalThreshold, refineThreshold, outputThreshold] = options.thresholds;

    const levels = await watch.time('pyramid', () =>
      this.pyramid.build(frame, options.minFaceSize, options.scaleFactor),
    );
    const proposals = await propose(pnet, levels, proposalThreshold, watch);
    const refined = await refine(
      { name: 'rnet', network: rnet, size: 24, batch: 32, threshold: refineThreshold },
      this.pyramid,
      proposals,
      watch,
    );
    const squares = nonMaximumSuppression(refined, REFINED_OVERLAP).map(regress).map(toSquare);
    const outputs = await refine(
      { name: 'onet', network: onet, size: 48, batch: 16, threshold: outputThreshold },
      this.pyramid,
      squares,
      watch,
    );

    const faces = nonMaximumSuppression(outputs.map(toDetection), REFINED_OVERLAP, 'minimum').map(toFace);
    return faces.filter((face) => face.confidence >= options.minConfidence && centreIsInside(face, frame));
  }
}

interface Detection extends Candidate {
  readonly landmarks: Landmarks;
}

/** Places the landmarks in the box that O-Net saw, then corrects the box. */
function toDetection(candidate: Candidate): Detection {
  const { x1, y1, x2, y2, points = new Float32Array(10) } = candidate;
  const at = (index: number): Point => ({
    x: x1 + points[index]! * (x2 - x1),
    y: y1 + points[index + 5]! * (y2 - y1),
  });
  const landmarks = { leftEye: at(0), rightEye: at(1), nose: at(2), mouthLeft: at(3), mouthRight: at(4) };
  return { ...regress(candidate), landmarks };
}

function toFace(detection: Detection): Face {
  const box = toBox(detection);
  const { landmarks, score } = detection;
  return {
    box,
    confidence: score,
    landmarks,
    quality: { size: Math.min(box.width, box.height), ...measurePose(landmarks) },
  };
}

/** The largest so many faces, in the order in which they came; 0 keeps all. */
export function largestFaces(faces: readonly Face[], maxFaces: number): readonly Face[] {
  if (maxFaces === 0 || faces.length <= maxFaces) return faces;
  const largest = new Set([...faces].sort((a, b) => area(b) - area(a)).slice(0, maxFaces));
  return faces.filter((face) => largest.has(face));
}

/** A box may reach past the border, by less than the face. */
function centreIsInside({ box }: Face, { width, height }: Frame): boolean {
  const x = box.x + box.width / 2;
  const y = box.y + box.height / 2;
  return x >= 0 && y >= 0 && x < width && y < height;
}

function area({ box }: Face): number {
  return box.width * box.height;
}
