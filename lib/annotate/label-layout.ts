/**
 * Where labels go: above their face, or else below, beside or inside it, so that they stay in the frame and cover
 * neither each other nor, where that can be had, a face.
 */
import { intersection, type Box, type Point } from '../core/box';
import { Columns } from '../geometry/columns';

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
  const faceColumns = inColumns(faces, faces);
  const labels = inColumns(taken, requests);
  const places: Point[] = [];
  for (const index of largestFirst(faces)) {
    const { face, width, height } = requests[index]!;
    const boxes = choices(face, width, height).map(({ x, y }) => ({
      x: Math.max(0, Math.min(x, frame.width - width)),
      y: Math.max(0, Math.min(y, frame.height - height)),
      width,
      height,
    }));
    const best = cheapest(boxes, labels, faceColumns);
    labels.add(best, best.x, best.x + best.width);
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

function cheapest(boxes: readonly Box[], labels: Columns<Box>, faces: Columns<Box>): Box {
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

function covered(box: Box, others: Columns<Box>): number {
  let sum = 0;
  others.some(box.x, box.x + box.width, (other) => {
    sum += intersection(box, other);
    return false;
  });
  return sum;
}

/** @param usual things of the width that columns shall have on average */
function inColumns(boxes: readonly Box[], usual: readonly { readonly width: number }[]): Columns<Box> {
  const columns = new Columns<Box>(usual.reduce((sum, { width }) => sum + width, 0) / usual.length);
  for (const box of boxes) columns.add(box, box.x, box.x + box.width);
  return columns;
}
