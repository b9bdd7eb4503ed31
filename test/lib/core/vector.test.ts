import assert from 'node:assert/strict';
import { cosine, dot, isUnitLength, lengthOf, toUnitLength } from '../../../lib/core/vector';

describe('vectors', () => {
  it('are multiplied whole, whatever their length, from any place of the second', () => {
    for (let length = 1; length < 12; length++) {
      const a = Float32Array.from({ length }, (_, i) => i + 1);
      const b = Float32Array.from({ length: length + 3 }, (_, i) => 10 ** (i % 3));
      for (const start of [0, 3]) {
        const expected = a.reduce((sum, value, i) => sum + value * b[start + i]!, 0);
        assert.equal(dot(a, b, start), expected);
      }
    }
  });

  it('are summed in double precision', () => {
    assert.equal(
      dot(Float32Array.of(2 ** 15, 2 ** -15, 0), Float32Array.of(2 ** 15, 2 ** -15, 0)),
      2 ** 30 + 2 ** -30,
    );
    assert.equal(lengthOf(Float32Array.of(3e30, 4e30)), Math.hypot(Math.fround(3e30), Math.fround(4e30)));
  });

  it('are compared by cosine, never beyond 1', () => {
    assert.ok(Math.abs(cosine(Float32Array.of(0.6, 0.8), Float32Array.of(0.8, 0.6)) - 0.96) < 1e-6);
    const long = Float32Array.of(0.6005, 0.8);
    assert.equal(cosine(long, long), 1);
    assert.equal(
      cosine(
        long,
        long.map((value) => -value),
      ),
      -1,
    );
  });

  it('are of unit length within a thousandth', () => {
    for (const length of [0.9991, 1, 1.0009]) assert.ok(isUnitLength(length));
    for (const length of [0, 0.998, 1.002, Infinity, NaN]) assert.ok(!isUnitLength(length));
  });

  it('are brought to unit length unless they have no direction', () => {
    assert.deepEqual([...toUnitLength(Float32Array.of(3, 4))!], [Math.fround(0.6), Math.fround(0.8)]);
    for (const none of [
      [0, 0],
      [NaN, 1],
      [Infinity, 1],
    ])
      assert.equal(toUnitLength(Float32Array.from(none)), undefined);
  });
});
