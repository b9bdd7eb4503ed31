import assert from 'node:assert/strict';
import { TextRasteriser, type TextMask } from '../../../lib/annotate/label-text';

const WIDE = 10_000;
const rasteriser = new TextRasteriser();

function mask(text: string, size = 24, maxWidth = WIDE): TextMask {
  return rasteriser.mask(text, size, maxWidth);
}

function ink({ coverage }: TextMask): number {
  return coverage.reduce((sum, value) => sum + value, 0) / 255;
}

/** A private-use character, which no font may draw: the empty box of a missing glyph. */
const MISSING = '\u{E000}';

describe('TextRasteriser', () => {
  for (const [script, characters] of Object.entries({
    Latin: 'Aéßł',
    Vietnamese: 'ễịơ',
    Greek: 'Ωή',
    Cyrillic: 'Жя',
    'simplified Chinese': '张伟国',
    'traditional Chinese': '張偉國',
    Japanese: '桜カな',
    Korean: '김민준',
    Arabic: 'محد',
    Hebrew: 'דהן',
    Devanagari: 'अनश',
    Thai: 'สมช',
    Tamil: 'தமழ',
  })) {
    it(`draws ${script} with a glyph for each character`, () => {
      const drawn = [...Array.from(characters), MISSING].map((character) =>
        Buffer.from(mask(character).coverage).toString('hex'),
      );
      assert.equal(new Set(drawn).size, drawn.length);
    });
  }

  it('joins and orders Arabic from right to left', () => {
    const [joined, isolated] = [mask('\u0645\u062d'), [mask('\u0645'), mask('\u062d')]];
    assert.notEqual(joined.advance, isolated[0]!.advance + isolated[1]!.advance);
  });

  for (const text of [
    '',
    ' ',
    '😀👩‍👩‍👧',
    '\uD800',
    'a\nb\tc\0d',
    '\u0301'.repeat(400),
    'Z\u0321\u0334'.repeat(90),
    '\u202E\u2066',
  ]) {
    it(`survives ${JSON.stringify(text.slice(0, 12))}`, () => {
      const { coverage, width, height } = mask(text);
      assert.equal(coverage.length, width * height);
    });
  }

  it('puts line breaks and controls on one line', () => {
    assert.deepEqual(mask(' a\r\n\tb\0').coverage, mask('a b').coverage);
  });

  it('covers the text, within what it says of its extent', () => {
    const { width, height, left, ascent, advance } = mask('Agnes');
    assert.ok(ink(mask('Agnes')) > 100);
    assert.ok(ascent > 15 && ascent < 24, 'capitals rise about 0.7 of 24 pixels');
    assert.ok(height > ascent + 3, 'g descends');
    assert.ok(left <= 1 && left + width >= advance - 2);
  });

  it('grows with the size', () => {
    assert.ok(mask('Name', 48).advance > 1.8 * mask('Name', 24).advance);
  });

  it('cuts what is too wide to the longest start that fits, with an ellipsis', () => {
    const name = 'Maximiliane Wolkenstein';
    const starts = Array.from(name, (_, length) => `${name.slice(0, length).trimEnd()}…`);
    const longest = starts.findLast((start) => mask(start).advance <= 120)!;
    assert.ok(longest.length > 4);
    assert.deepEqual(mask(name, 24, 120).coverage, mask(longest).coverage);
  });

  it('never cuts through a character of several code points', () => {
    const family = '👩‍👩‍👧';
    const cut = mask(`ab${family}cdefgh`, 24, mask(`ab${family}`).advance + mask('…').advance - 4);
    assert.deepEqual(cut.coverage, mask('ab…').coverage);
  });

  it('draws a text once', () => {
    assert.equal(mask('once'), mask('once'));
    assert.notEqual(mask('once'), mask('once', 25));
  });

  it('gives the same pixels in every instance', () => {
    assert.deepEqual(new TextRasteriser().mask('张 Ä 0.63', 21, WIDE), mask('张 Ä 0.63', 21));
  });

  it('holds no more entries than allowed, and forgets the least recently used first', () => {
    const small = new TextRasteriser({ maxEntries: 3, maxBytes: 1e9 });
    const [first, second] = ['one', 'two', 'three'].map((text) => small.mask(text, 12, WIDE));
    assert.equal(small.mask('one', 12, WIDE), first);
    small.mask('four', 12, WIDE);
    assert.equal(small.entries, 3);
    assert.equal(small.mask('one', 12, WIDE), first);
    assert.notEqual(small.mask('two', 12, WIDE), second);
  });

  it('holds no more bytes than allowed, also when one mask exceeds them', () => {
    const small = new TextRasteriser({ maxEntries: 1000, maxBytes: 4000 });
    for (let index = 0; index < 100; index++) {
      small.mask(`${index}`, 12, WIDE);
      assert.ok(small.bytes <= 4000);
    }
    assert.ok(small.entries > 1);
    assert.ok(small.mask('far too large', 200, WIDE).coverage.length > 4000);
    assert.deepEqual([small.entries, small.bytes], [0, 0]);
  });
});
