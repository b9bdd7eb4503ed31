/** The report's part on detection: curves, and the faces that were missed or seen where there are none. */
import type { Box } from '../../../lib/core/box';
import { CHANNELS, createFrame, type Frame } from '../../../lib/image/frame';
import type { Matching, PrecisionRecallPoint, TrueFace } from '../metrics/detection';
import type { FddbPoint } from '../metrics/fddb';
import { thinned } from '../metrics/roc';
import type { EnginePool } from '../pipeline/engine-pool';
import { decode, type DetectedFace, type SeenImage } from '../pipeline/face-detector';
import type { ImageSource } from '../pipeline/image-set';
import type { Section } from '../protocol';
import { percent, rounded } from '../text';
import { renderSheet, type Tile } from './contact-sheet';
import { jpegUri } from './html';
import { COLOURS, renderPlot } from './svg';

export interface JudgedImage {
  readonly image: ImageSource;
  readonly seen: SeenImage;
  readonly matching: Matching<TrueFace, DetectedFace>;
}

const MOST_POINTS = 400;
const MOST_TILES = 24;
/** A tile shows so many times the box's longer side. */
const SURROUNDINGS = 2.2;
const TILE_PIXELS = 240;

export async function detectionSections(
  curve: readonly PrecisionRecallPoint[],
  images: readonly JudgedImage[],
  pool: EnginePool,
): Promise<Section[]> {
  return [detectionCurve(curve), await worstErrors(images, pool)];
}

/** The contact sheet: the largest faces that were missed and the surest false alarms. */
async function worstErrors(images: readonly JudgedImage[], pool: EnginePool): Promise<Section> {
  const missed = images.flatMap(({ image, matching }) =>
    matching.missed.map((face) => ({ image, box: face.box, size: face.box.width * face.box.height })),
  );
  const alarms = images.flatMap(({ image, matching }) =>
    matching.judged
      .filter(({ verdict }) => verdict === 'false')
      .map(({ detection }) => ({
        image,
        box: detection.box,
        size: detection.confidence,
        confidence: detection.confidence,
      })),
  );
  const largest = missed.sort((a, b) => b.size - a.size).slice(0, MOST_TILES);
  const surest = alarms.sort((a, b) => b.confidence - a.confidence).slice(0, MOST_TILES);
  const missedTiles = await pool.map(largest, async ({ image, box }, engine): Promise<Tile> => ({
    images: [await tilePicture(engine, image, box)],
    headline: `missed, ${rounded(box.width, 0)} × ${rounded(box.height, 0)} pixels`,
    lines: [image.name],
  }));
  const alarmTiles = await pool.map(surest, async ({ image, box, confidence }, engine): Promise<Tile> => ({
    images: [await tilePicture(engine, image, box)],
    headline: `false alarm, confidence ${rounded(confidence, 3)}`,
    lines: [image.name, `${rounded(box.width, 0)} × ${rounded(box.height, 0)} pixels`],
  }));
  return {
    title: 'Worst errors',
    html: [
      renderSheet('Faces that were missed, largest first', missedTiles, 'No face was missed.'),
      renderSheet(
        'Detections that are no face of the truth, surest first',
        alarmTiles,
        'There was no false alarm.',
      ),
    ].join(''),
  };
}

function detectionCurve(curve: readonly PrecisionRecallPoint[]): Section {
  const points = thinned(curve, MOST_POINTS);
  const lowest = Math.min(1, ...points.map(({ precision }) => precision));
  const html = renderPlot({
    x: {
      label: 'Recall (share of the faces found)',
      scale: 'linear',
      low: 0,
      high: 1,
      format: (share) => percent(share, 0),
    },
    y: {
      label: 'Precision (share of detections that are faces)',
      scale: 'linear',
      low: Math.max(0, Math.floor(lowest * 20) / 20 - 0.05),
      high: 1,
      format: (share) => percent(share, 0),
    },
    lines: [
      {
        label: 'This detector',
        colour: COLOURS.blue,
        points: points.map(({ recall, precision }) => ({ x: recall, y: precision })),
      },
    ],
  });
  return { title: 'Precision against recall', html };
}

export async function fddbSections(
  curve: readonly FddbPoint[],
  images: readonly JudgedImage[],
  pool: EnginePool,
): Promise<Section[]> {
  return [fddbPlot(curve), await worstErrors(images, pool)];
}

function fddbPlot(curve: readonly FddbPoint[]): Section {
  const points = thinned(curve, MOST_POINTS);
  const line = (label: string, colour: string, key: 'discrete' | 'continuous') => ({
    label,
    colour,
    points: points.map((point) => ({ x: point.falseAlarms, y: point[key] })),
  });
  const html = renderPlot({
    x: {
      label: 'False alarms in all images',
      scale: 'linear',
      low: 0,
      high: Math.max(1, ...points.map(({ falseAlarms }) => falseAlarms)),
      format: String,
    },
    y: {
      label: 'True positive rate',
      scale: 'linear',
      low: 0,
      high: 1,
      format: (share) => percent(share, 0),
    },
    lines: [
      line('Discrete score', COLOURS.blue, 'discrete'),
      line('Continuous score', COLOURS.orange, 'continuous'),
    ],
  });
  return { title: 'True positives against false alarms', html };
}

/** The box with its surroundings, framed. */
async function tilePicture(
  engine: Parameters<typeof decode>[0],
  image: ImageSource,
  box: Box,
): Promise<string> {
  const frame = await decode(engine, await image.read(), image.name);
  const jpeg = await engine.call('encode', outlined(frame, box), {
    format: 'jpeg',
    quality: 85,
    maxSide: TILE_PIXELS,
  });
  return jpegUri(jpeg);
}

const OUTLINE = [255, 60, 40] as const;

/** A square cut around the box, black where it reaches past the frame, with the box drawn in it. */
function outlined(frame: Frame, box: Box): Frame {
  const side = Math.max(8, Math.round(Math.max(box.width, box.height) * SURROUNDINGS));
  const left = Math.round(box.x + box.width / 2 - side / 2);
  const top = Math.round(box.y + box.height / 2 - side / 2);
  const tile = createFrame(side, side, frame);
  const thickness = Math.max(1, Math.round(side / 80));
  for (let v = 0; v < side; v++) {
    for (let u = 0; u < side; u++) {
      const x = left + u;
      const y = top + v;
      const to = (v * side + u) * CHANNELS;
      if (onOutline(box, x, y, thickness)) tile.data.set(OUTLINE, to);
      else if (x >= 0 && y >= 0 && x < frame.width && y < frame.height) {
        const from = (y * frame.width + x) * CHANNELS;
        tile.data.set(frame.data.subarray(from, from + CHANNELS), to);
      }
    }
  }
  return tile;
}

function onOutline({ x, y, width, height }: Box, px: number, py: number, thickness: number): boolean {
  const inside = (margin: number) =>
    px >= x - margin && px < x + width + margin && py >= y - margin && py < y + height + margin;
  return inside(thickness) && !inside(0);
}
