/** Pictures of the worst errors: what a number hides, a glance shows. */
import { escapeHtml } from './html';

export interface Tile {
  /** Data URIs side by side; undefined where there is no face to show. */
  readonly images: readonly (string | undefined)[];
  readonly headline: string;
  readonly lines: readonly string[];
}

export function renderSheet(title: string, tiles: readonly Tile[], none: string): string {
  const body =
    tiles.length === 0
      ? `<p class="note">${escapeHtml(none)}</p>`
      : `<div class="sheet">${tiles.map(renderTile).join('')}</div>`;
  return `<h3>${escapeHtml(title)}</h3>${body}`;
}

function renderTile({ images, headline, lines }: Tile): string {
  const pictures = images.map((uri) =>
    uri === undefined ? '<span class="none">no face found</span>' : `<img src="${uri}" alt="">`,
  );
  const captions = lines.map((line) => `<span>${escapeHtml(line)}</span>`);
  return `<figure><div>${pictures.join('')}</div><figcaption><b>${escapeHtml(headline)}</b>${captions.join('')}</figcaption></figure>`;
}
