import assert from 'node:assert/strict';
import { BLACK, contrast, legibleOn, parseColour, WHITE, type Rgb } from '../../../lib/annotate/colour';

describe('draw-colour', () => {
  it('reads #rrggbb in either case', () => {
    assert.deepEqual(parseColour('#0a80FF', 'colour'), [10, 128, 255]);
  });

  for (const value of ['#fff', '0a80ff', '#0a80fg', '#0a80ff00', 'red', '', undefined, 0xffffff]) {
    it(`refuses ${String(value)}`, () => {
      assert.throws(() => parseColour(value, 'colours.known'), {
        code: 'INVALID_ARGUMENT',
        message: /^Expected a colour such as #1a2b3c for colours\.known but received /,
      });
    });
  }

  it('measures contrast as WCAG does', () => {
    assert.equal(contrast(BLACK, WHITE), 21);
    assert.equal(contrast([119, 119, 119], WHITE).toFixed(2), '4.48');
    assert.equal(contrast(WHITE, [119, 119, 119]).toFixed(2), '4.48');
  });

  it('writes black on light colours and white on dark ones', () => {
    assert.equal(legibleOn([255, 255, 0]), BLACK);
    assert.equal(legibleOn([0, 0, 255]), WHITE);
  });

  it('stays legible on every colour: at least 4.5 to 1', () => {
    const levels = [0, 51, 102, 153, 204, 255];
    for (const red of levels) {
      for (const green of levels) {
        for (const blue of levels) {
          const background: Rgb = [red, green, blue];
          assert.ok(contrast(legibleOn(background), background) >= 4.5, `on ${background.join()}`);
        }
      }
    }
  });
});
