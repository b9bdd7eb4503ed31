/** The last stage: O-Net says which candidates are faces and where their landmarks lie. Other detectors ask it too. */
import type { Face, Landmarks, Point } from '../../core/face';
import { measurePose } from '../../geometry/pose';
import { nonMaximumSuppression } from '../../geometry/nms';
import type { Network } from '../../inference/network';
import type { Stopwatch } from '../../core/stopwatch';
import { regress, toBox, type Candidate } from './candidate';
import type { Pyramid } from './pyramid';
import { refine } from './refine';

/** Suppression after R-Net and O-Net (Zhang et al. 2016, published demo). */
export const REFINED_OVERLAP = 0.7;

/**
 * The faces among the candidates, most confident first.
 * @param squares square boxes of the frame that the pyramid holds
 * @param threshold least face probability
 */
export async function confirm(
  onet: Network,
  pyramid: Pyramid,
  squares: readonly Candidate[],
  threshold: number,
  watch: Stopwatch,
): Promise<Face[]> {
  const stage = { name: 'onet', network: onet, size: 48, batch: 16, threshold } as const;
  const outputs = await refine(stage, pyramid, squares, watch);
  return nonMaximumSuppression(outputs.map(toDetection), REFINED_OVERLAP, 'minimum').map(toFace);
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
