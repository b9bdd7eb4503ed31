import assert from 'node:assert/strict';
import { quantiseProbe, quantiseRow } from '../../../../lib/gallery/search/quantise';
import { direction, numbers, unit } from '../support';

const random = numbers(7);
const oneHot = new Float32Array(512).map((_, i) => (i === 3 ? 1 : 0));
const spiky = unit(direction(random, 512).map((value, i) => (i === 0 ? 1 : value / 100)));
const tiny = unit(Float32Array.from({ length: 512 }, (_, i) => (i < 256 ? 1 : 1e-20)));
const vectors = [oneHot, spiky, tiny, ...Array.from({ length: 40 }, () => direction(random, 512))];

describe('quantisation', () => {
  it('never rules out what is larger: the bound holds, on both sides', () => {
    for (const row of vectors) {
      const codes = new Int8Array(512);
      const { scale, error } = quantiseRow(row, codes);
      for (const probe of vectors) {
        const probeCodes = new Int16Array(512);
        const quantised = quantiseProbe(probe, probeCodes);
        const exact = probe.reduce((sum, value, i) => sum + value * row[i]!, 0);
        const integer = probeCodes.reduce((sum, value, i) => sum + value * codes[i]!, 0);
        assert.ok(Math.abs(integer) < 2 ** 31, 'fits int32');
        const approximate = quantised.scale * scale * integer;
        const slack = quantised.errorWeight * error + quantised.margin;
        assert.ok(Math.abs(exact - approximate) <= slack, `${exact} is not ${approximate} ± ${slack}`);
      }
    }
  });

  it('is tight enough to rule most rows out', () => {
    const { error } = quantiseRow(direction(random, 512), new Int8Array(512));
    assert.ok(error < 0.01, `error ${error}`);
  });

  it('keeps the sums of long vectors within int32', () => {
    const even = unit(new Float32Array(4096).fill(1));
    const codes = new Int8Array(4096);
    const probeCodes = new Int16Array(4096);
    quantiseRow(even, codes);
    quantiseProbe(even, probeCodes);
    const integer = probeCodes.reduce((sum, value, i) => sum + value * codes[i]!, 0);
    assert.ok(integer < 2 ** 31 && integer > 2 ** 29, `sum ${integer}`);
  });
});
