/** How long annotate takes: ten named faces with all drawings on, similarity and frame rate changing every frame. */
import type { Face } from '../lib/core/face';
import { annotate } from '../lib/annotate/annotate';
import { toAnnotateOptions } from '../lib/annotate/options';
import { createFrame } from '../lib/image/frame';

export interface AnnotateTiming {
  readonly width: number;
  readonly height: number;
  readonly faces: number;
  /** Median of one frame, milliseconds; encoding apart. */
  readonly ms: number;
}

const SIZES = [
  [640, 360],
  [1280, 720],
  [1920, 1080],
] as const;
const NAMES = [
  'Alice Müller',
  '张伟',
  'محمد علي',
  '佐藤さくら',
  '김민준',
  'Ivan Petrov',
  'Zoë',
  '李小龙',
  'Nguyễn Thị Ánh',
  null,
];
const WARM_UP = 20;
const FRAMES = 101;

export function benchAnnotate(): AnnotateTiming[] {
  return SIZES.map(([width, height]) => ({
    width,
    height,
    faces: NAMES.length,
    ms: medianTime(width, height),
  }));
}

function medianTime(width: number, height: number): number {
  const frame = createFrame(width, height);
  const times = Array.from({ length: WARM_UP + FRAMES }, (_, sequence) => {
    const faces = facesAt(sequence, width, height);
    const options = toAnnotateOptions({ fps: 20 + (sequence % 100) / 10 });
    const start = performance.now();
    annotate(frame, faces, options);
    return performance.now() - start;
  });
  return times.slice(WARM_UP).sort((a, b) => a - b)[FRAMES >> 1]!;
}

/** Two rows of five, each a quarter of the frame's height, drifting with time. */
function facesAt(sequence: number, width: number, height: number): Face[] {
  return NAMES.map((person, index) => {
    const size = height / 4;
    const x = (0.03 + 0.19 * (index % 5)) * width + (sequence % 7);
    const y = index < 5 ? height * 0.15 : height * 0.6;
    const similarity = 0.2 + ((sequence * 7 + index * 13) % 70) / 100;
    const at = (dx: number, dy: number): { x: number; y: number } => ({ x: x + dx * size, y: y + dy * size });
    return {
      box: { x, y, width: size * 0.8, height: size },
      confidence: 0.99,
      landmarks: {
        leftEye: at(0.25, 0.4),
        rightEye: at(0.55, 0.4),
        nose: at(0.4, 0.6),
        mouthLeft: at(0.27, 0.8),
        mouthRight: at(0.53, 0.8),
      },
      quality: { size: size * 0.8, yaw: 0, pitch: 0, roll: 0 },
      match: {
        person,
        similarity,
        threshold: 0.3,
        known: person !== null,
        candidates: [{ person: 'x', similarity }],
      },
    };
  });
}
