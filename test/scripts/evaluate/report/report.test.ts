import assert from 'node:assert/strict';
import { renderSheet } from '../../../../scripts/evaluate/report/contact-sheet';
import { renderReport } from '../../../../scripts/evaluate/report/page';
import { renderPlot, ticksOf } from '../../../../scripts/evaluate/report/svg';

const axis = (label: string) => ({ label, scale: 'linear' as const, low: 0, high: 1, format: String });

describe('evaluation report', () => {
  it('puts ticks at round values', () => {
    const rounded = (ticks: readonly number[]) => ticks.map((tick) => Number(tick.toFixed(6)));
    assert.deepEqual(rounded(ticksOf({ scale: 'linear', low: 0, high: 1 })), [0, 0.2, 0.4, 0.6, 0.8, 1]);
    assert.deepEqual(
      rounded(ticksOf({ scale: 'linear', low: 0.95, high: 1 })),
      [0.95, 0.96, 0.97, 0.98, 0.99, 1],
    );
    assert.deepEqual(rounded(ticksOf({ scale: 'linear', low: -0.3, high: 1 })), [0, 0.5, 1]);
    assert.deepEqual(rounded(ticksOf({ scale: 'log', low: 1e-4, high: 1 })), [0.0001, 0.001, 0.01, 0.1, 1]);
  });

  it('places points between the ends of the axes, and what lies outside on them', () => {
    const svg = renderPlot({
      x: axis('recall'),
      y: axis('precision'),
      lines: [
        {
          label: 'a',
          colour: 'blue',
          points: [
            { x: 0, y: 0 },
            { x: 0.5, y: 1 },
            { x: 1, y: 7 },
          ],
        },
      ],
    });
    // The drawing reaches from 74 to 736 and from 362 up to 34.
    assert.match(svg, /d="M74 362L405 34L736 34"/);
  });

  it('spaces a logarithmic axis evenly by decades', () => {
    const svg = renderPlot({
      x: { ...axis('rate'), scale: 'log', low: 0.01 },
      y: axis('share'),
      lines: [
        {
          label: 'a',
          colour: 'blue',
          points: [
            { x: 0.01, y: 0 },
            { x: 0.1, y: 0 },
          ],
        },
      ],
    });
    assert.match(svg, /d="M74 362L405 362"/);
  });

  it('is one page that runs and loads nothing, and shows names as text', () => {
    const sheet = renderSheet(
      'Errors',
      [{ images: [undefined], headline: '<b>', lines: ['a & "b".jpg'] }],
      'none',
    );
    const page = renderReport(
      {
        title: '<script>alert(1)</script>',
        result: {},
        summary: [{ label: 'Accuracy', value: '< 1 %' }],
        sections: () => Promise.resolve([]),
      },
      [{ title: 'Worst', html: sheet }],
      new Date('2026-01-02'),
    );
    assert.doesNotMatch(page, /<script|<link|src="http|url\(/);
    assert.match(page, /&lt;script&gt;alert\(1\)/);
    assert.match(page, /a &amp; &quot;b&quot;\.jpg/);
    assert.match(page, /&lt; 1 %/);
    assert.match(page, /2026-01-02/);
    assert.match(page, /no face found/);
  });
});
