/**
 * Where labels go: above their face, or else below, beside or inside it, so that they stay in the frame and cover
 * neither each other nor, where that can be had, a face.
 */
import { intersection, type Box, type Point } from '../geometry/box';

export interface LabelRequest {
  /** The face that the label names, within the frame. */
  readonly face: Box;
  /** Size of the label, pixels. */
  readonly width: number;
  readonly height: number;
}

/** What a place costs, in areas of the label: covering other labels makes both unreadable. */
const COVERS_LABEL = 8;
const COVERS_FACE = 1;
/** Each place further down the list: what a better-loved place may cover before the next is taken. */
const NEXT_CHOICE = 0.15;

/**
 * Top left corners of the labels, in the order of the requests. Greedy: large faces choose first.
 * @param frame width and height of the frame, pixels
 * @param taken areas that are spoken for already
 */
export function placeLabels(
  requests: readonly LabelRequest[],
  frame: { readonly width: number; readonly height: number },
  taken: readonly Box[] = [],
): Point[] {
  const faces = requests.map(({ face }) => face);
  const labels = [...taken];
  const places: Point[] = [];
  for (const index of largestFirst(faces)) {
    const { face, width, height } = requests[index]!;
    const boxes = choices(face, width, height).map(({ x, y }) => ({
      x: Math.max(0, Math.min(x, frame.width - width)),
      y: Math.max(0, Math.min(y, frame.height - height)),
      width,
      height,
    }));
    const best = cheapest(boxes, labels, faces);
    labels.push(best);
    places[index] = { x: best.x, y: best.y };
  }
  return places;
}

/** Most wanted first. */
function choices(face: Box, width: number, height: number): Point[] {
  const { x, y } = face;
  const flushRight = x + face.width - width;
  const above = y - height;
  const below = y + face.height;
  return [
    { x, y: above },
    { x, y: below },
    { x: flushRight, y: above },
    { x: flushRight, y: below },
    { x: x + face.width, y },
    { x: x - width, y },
    { x: x + face.width, y: below - height },
    { x: x - width, y: below - height },
  ];
}

function largestFirst(boxes: readonly Box[]): number[] {
  const area = (index: number): number => boxes[index]!.width * boxes[index]!.height;
  return boxes.map((_, index) => index).sort((a, b) => area(b) - area(a));
}

function cheapest(boxes: readonly Box[], labels: readonly Box[], faces: readonly Box[]): Box {
  let best = boxes[0]!;
  let lowest = Infinity;
  for (const [rank, box] of boxes.entries()) {
    const preference = rank * NEXT_CHOICE * box.width * box.height;
    const cost = preference + COVERS_LABEL * covered(box, labels) + COVERS_FACE * covered(box, faces);
    if (cost < lowest) {
      lowest = cost;
      best = box;
    }
  }
  return best;
}

function covered(box: Box, others: readonly Box[]): number {
  return others.reduce((sum, other) => sum + intersection(box, other), 0);
}
