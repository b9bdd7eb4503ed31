/** The report's part on video: a line for each person, filled where they were seen. */
import type { Sighting } from '../metrics/sightings';
import type { FaceEmbedder } from '../pipeline/face-embedder';
import type { Section } from '../protocol';
import type { PersonImage } from '../readers/people';
import { similarityText } from '../text';
import { renderSheet, type Tile } from './contact-sheet';
import { escapeHtml } from './html';
import { COLOURS, ticksOf } from './svg';

export interface VideoReport {
  readonly sightings: readonly Sighting[];
  /** Seconds. */
  readonly duration: number;
  readonly references: readonly PersonImage[];
  readonly embedder: FaceEmbedder;
}

/** Units of the view box. */
const WIDTH = 1000;
const NAMES = 200;
const ROW = 34;
const BAR = 20;

export async function videoSections({
  sightings,
  duration,
  references,
  embedder,
}: VideoReport): Promise<Section[]> {
  const tiles = await Promise.all(
    references.map(async ({ person, image }): Promise<Tile> => ({
      images: [await embedder.thumbnail(image)],
      headline: person,
      lines: [image.name],
    })),
  );
  return [
    { title: 'Who was seen when', html: timeline(sightings, duration) },
    { title: 'References', html: renderSheet('The faces that were looked for', tiles, 'There are none.') },
  ];
}

/** Every second in which a person was seen is a bar; the stronger its colour, the higher the best similarity. */
function timeline(sightings: readonly Sighting[], duration: number): string {
  const length = Math.max(1, Math.ceil(duration));
  const at = (second: number) => NAMES + (second / length) * (WIDTH - NAMES);
  const height = sightings.length * ROW + 28;
  const rows = sightings.map(({ person, bySecond }, index) => {
    const top = index * ROW;
    const bars = bySecond.map(({ second, frames, best }) => {
      const title = `<title>second ${second}: ${frames} frames, best ${similarityText(best)}</title>`;
      const place = `x="${at(second)}" y="${top + (ROW - BAR) / 2}" width="${at(second + 1) - at(second) - 1}" height="${BAR}"`;
      return `<rect ${place} rx="3" fill="${COLOURS.blue}" fill-opacity="${Math.min(1, Math.max(0.25, best)).toFixed(2)}">${title}</rect>`;
    });
    const line = `<line x1="${NAMES}" x2="${WIDTH}" y1="${top + ROW}" y2="${top + ROW}" class="grid"/>`;
    return `<text x="0" y="${top + ROW / 2}" dy="0.35em" class="axis">${escapeHtml(person)}</text>${line}${bars.join('')}`;
  });
  const ticks = ticksOf({ scale: 'linear', low: 0, high: length }).map(
    (tick) => `<text x="${at(tick)}" y="${height - 6}" class="tick">${tick} s</text>`,
  );
  return `<svg viewBox="0 0 ${WIDTH + 30} ${height}" role="img" aria-label="Seconds in which each person was seen">${rows.join('')}${ticks.join('')}</svg>`;
}
