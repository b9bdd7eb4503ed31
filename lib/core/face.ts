/** A face as it travels through a flow: each stage adds its properties. docs/messages.md is the same for users. */
import type { Box, Point } from './box';
import type { Frame } from './frame';

export type { Box, Point } from './box';

/** Left and right as seen in the image. Pixels of the frame. */
export interface Landmarks {
  readonly leftEye: Point;
  readonly rightEye: Point;
  readonly nose: Point;
  readonly mouthLeft: Point;
  readonly mouthRight: Point;
}

export const LANDMARK_NAMES = ['leftEye', 'rightEye', 'nose', 'mouthLeft', 'mouthRight'] as const;

export function mapLandmarks(landmarks: Landmarks, move: (point: Point) => Point): Landmarks {
  return {
    leftEye: move(landmarks.leftEye),
    rightEye: move(landmarks.rightEye),
    nose: move(landmarks.nose),
    mouthLeft: move(landmarks.mouthLeft),
    mouthRight: move(landmarks.mouthRight),
  };
}

/** Crude measures of how much a face can be trusted. */
export interface FaceQuality {
  /** Shorter side of the box, pixels. */
  readonly size: number;
  /** 0 (blurred) to 1 (sharp), from the aligned crop; absent before alignment. */
  readonly sharpness?: number;
  /** Rough head pose from the landmarks, degrees. Yaw: positive looks to the image's right; pitch: positive looks up; roll: positive leans clockwise. */
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
}

export interface Candidate {
  readonly person: string;
  /** Cosine similarity of the person's best sample, -1..1. */
  readonly similarity: number;
}

export interface Match {
  /** null for a stranger: a name is never given to somebody below the threshold. */
  readonly person: string | null;
  /** Cosine similarity of the best candidate, -1..1; 0 when the gallery is empty. */
  readonly similarity: number;
  readonly threshold: number;
  readonly known: boolean;
  /** The best k people, best first, whether above the threshold or not. */
  readonly candidates: readonly Candidate[];
}

export interface Face {
  readonly box: Box;
  /** Probability of being a face, 0..1. */
  readonly confidence: number;
  readonly landmarks: Landmarks;
  readonly quality: FaceQuality;
  /** Unit length; compare only embeddings of the same model. */
  readonly embedding?: Float32Array;
  /** Id of the model that made the embedding. */
  readonly embeddingModel?: string;
  /** Left without embedding on purpose: a tracker knows already whose face it is. */
  readonly embeddingSkipped?: true;
  /** The aligned crop that was embedded. */
  readonly crop?: Frame;
  readonly match?: Match;
}
