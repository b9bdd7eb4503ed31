/** The report: one HTML file without scripts and without anything to load, so that it opens anywhere and for good. */
import type { Outcome, Section, SummaryRow } from '../protocol';
import { escapeHtml } from './html';

const STYLE = `
:root { color-scheme: light; --ink: #0f172a; --soft: #64748b; --line: #e2e8f0; --paper: #fff; --ground: #f1f5f9; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 64px; }
header p { margin: 0 0 4px; color: var(--soft); font-size: 13px; letter-spacing: 0.08em; text-transform: uppercase; }
h1 { margin: 0 0 24px; font-size: 30px; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 0 0 16px; font-size: 19px; }
h3 { margin: 24px 0 12px; font-size: 15px; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 12px; padding: 24px; margin-top: 20px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 8px 28px; margin: 0; font-variant-numeric: tabular-nums; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; font-family: inherit; }
.note { color: var(--soft); margin: 0 0 16px; max-width: 75ch; }
.tick { font-size: 13px; fill: #475569; }
.axis { font-size: 14px; fill: var(--ink); }
.mark { font-size: 13px; fill: var(--ink); paint-order: stroke; stroke: #fff; stroke-width: 4px; stroke-linejoin: round; }
.middle { text-anchor: middle; }
.end { text-anchor: end; }
.grid { stroke: #e2e8f0; }
.frame { fill: none; stroke: #94a3b8; }
.threshold { stroke: var(--ink); stroke-dasharray: 5 4; }
.dot { fill: #fff; stroke: var(--ink); stroke-width: 2; }
.sheet { display: grid; grid-template-columns: repeat(auto-fill, minmax(232px, 1fr)); gap: 16px; }
figure { margin: 0; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
figure > div { display: flex; gap: 2px; background: var(--line); }
figure img, figure .none { flex: 1; width: 50%; aspect-ratio: 1; object-fit: cover; display: block; }
figure .none { display: grid; place-items: center; background: var(--ground); color: var(--soft); font-size: 13px; }
figcaption { padding: 8px 10px; font-size: 12.5px; line-height: 1.45; overflow-wrap: anywhere; }
figcaption b { display: block; font-variant-numeric: tabular-nums; }
figcaption span { display: block; color: var(--soft); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 500; }
footer { margin-top: 28px; color: var(--soft); font-size: 13px; }
`;

export function renderReport(
  { title, summary }: Outcome,
  sections: readonly Section[],
  date = new Date(),
): string {
  const blocks = [{ title: 'Result', html: renderSummary(summary) }, ...sections];
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    // Belt and braces: a report with people's faces in it never asks the network for anything.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">`,
    `<title>${escapeHtml(title)} · ArcFlow evaluation</title><style>${STYLE}</style></head><body><main>`,
    `<header><p>ArcFlow evaluation · ${date.toISOString().slice(0, 10)}</p><h1>${escapeHtml(title)}</h1></header>`,
    ...blocks.map((block) => `<section><h2>${escapeHtml(block.title)}</h2>${block.html}</section>`),
    '<footer>Photographs in this report belong to their owners; they are here to judge errors by, not to be passed on.</footer>',
    '</main></body></html>\n',
  ].join('\n');
}

function renderSummary(rows: readonly SummaryRow[]): string {
  return `<dl>${rows.map(({ label, value }) => `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`;
}
