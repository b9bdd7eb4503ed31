/** What `npm run docs` writes into the pages is there, and is what the code says. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { expected } from '../../scripts/docs/refusal';
import { withBlocks } from '../../scripts/docs/blocks';
import { declared } from '../../scripts/docs/declared';
import { PAGES, written } from '../../scripts/docs/pages';
import { roomsPicture } from '../../scripts/docs/rooms';
import { numberIn, oneOf } from '../../lib/core/validate';
import ROOMS from '../../lib/rooms.json';
import { PROJECT } from '../support/images';

describe('generated parts of documents', function () {
  this.timeout(20_000);

  for (const page of PAGES) {
    it(`${relative(PROJECT, page.file)} says what the code says (else: npm run docs)`, async () => {
      const text = readFileSync(page.file, 'utf8');
      assert.equal(text, await written(page, text));
    });
  }

  it('are the validation’s own words', () => {
    const range = { min: 1, max: 6, integer: true };
    assert.equal(
      expected('looks', (value) => numberIn(value, 'looks', range)),
      'an integer between 1 and 6',
    );
    assert.equal(
      expected('pace', (value) => oneOf(value, 'pace', ['slow', 'fast'])),
      'one of slow, fast',
    );
    // It looks at another option, or at none.
    assert.equal(
      expected('pace', () => numberIn('x', 'looks', range)),
      undefined,
    );
    assert.equal(
      expected('pace', () => 0),
      undefined,
    );
  });

  it('take the meaning of an option from the comment at its declaration', () => {
    const majority = declared('lib/tracking/options.ts', 'TRACKING_NUMBERS').find(
      ({ name }) => name === 'majority',
    );
    assert.equal(majority?.meaning, 'Share of the weight of all looks that the winner needs');
    const watch = declared('lib/tracking/options.ts', 'TrackingOptions');
    assert.deepEqual(
      watch.map(({ name, type }) => [name, type]),
      [['oneSureFrame', 'boolean']],
    );
    assert.throws(() => declared('lib/tracking/options.ts', 'NoOptions'), /declares no NoOptions/);
  });

  it('show every room once, the highest first, with whom it may import', () => {
    const lines = roomsPicture({ core: [], image: ['core'], video: ['core', 'image'] }).split('\n');
    assert.deepEqual(lines, ['```', 'video ──▶ image', 'image ──▶ core', 'core', '```']);
    for (const room of Object.keys(ROOMS)) assert.match(roomsPicture(), new RegExp(`^${room}\\b`, 'm'));
  });

  it('replace what stands between their marks and nothing else', () => {
    const page = 'before\n<!-- generated a: npm run docs -->\nold\n<!-- end of a -->\nafter';
    const block = '<!-- generated a: npm run docs -->\n\nnew $1\n\n<!-- end of a -->';
    assert.equal(withBlocks(page, { a: 'new $1\n' }), `before\n${block}\nafter`);
    assert.throws(() => withBlocks(page, { a: '', b: '' }), /no block b/);
    assert.throws(() => withBlocks(page, {}), /Nobody writes the block a/);
  });
});
