import assert from 'node:assert/strict';
import { modelId, personName, unitEmbedding } from '../../../lib/gallery/sample';

const INVALID = { code: 'INVALID_ARGUMENT' };

describe('gallery names', () => {
  it('are trimmed and composed', () => {
    assert.equal(personName('  Zoe\u0308 '), 'Zoë');
    assert.equal(personName('张伟'), '张伟');
    assert.equal(personName('👩‍👩‍👧'.repeat(20)), '👩‍👩‍👧'.repeat(20));
  });

  it('have 1 to 200 characters', () => {
    assert.equal(personName('a'.repeat(200)).length, 200);
    assert.equal(personName('😀'.repeat(200)).length, 400);
    assert.throws(() => personName('a'.repeat(201)), {
      ...INVALID,
      message: `Expected at most 200 characters for person but received "${'a'.repeat(60)}…"`,
    });
    for (const nothing of ['', ' \t', undefined, null, 7, {}])
      assert.throws(() => personName(nothing), INVALID);
  });

  it('have no control characters and no broken ones', () => {
    for (const bad of ['a\nb', 'a\u0000', 'a\u009f', 'a\u2028b', 'a\ud800', 'a\u202eb']) {
      assert.throws(() => personName(bad), INVALID, JSON.stringify(bad));
    }
  });

  it('can be seen', () => {
    for (const bad of ['\u200b', '\u200d\u00ad', ' \u0301'])
      assert.throws(() => personName(bad), { ...INVALID, message: /a name that can be seen/ });
    for (const good of ['می\u200cخواهم', 'क्\u200dष', '🏳️\u200d🌈', '0'])
      assert.equal(personName(good), good.normalize('NFC'));
  });

  it('of models are checked too', () => {
    assert.equal(modelId('mobilefacenet-512'), 'mobilefacenet-512');
    assert.throws(() => modelId(''), INVALID);
    assert.throws(() => modelId('m'.repeat(201)), INVALID);
  });
});

describe('gallery embeddings', () => {
  it('have unit length', () => {
    const vector = Float32Array.of(0.6, 0.8);
    assert.equal(unitEmbedding(vector), vector);
    assert.equal(unitEmbedding(Float32Array.of(0.6005, 0.8)).length, 2);
    for (const [bad, received] of [
      [Float32Array.of(0.6, 0.9), '1.08'],
      [Float32Array.of(0, 0), '0'],
      [Float32Array.of(NaN, 1), 'NaN'],
      [Float32Array.of(Infinity, 0), 'Infinity'],
      [new Float32Array(0), 'Float32Array of 0 bytes'],
      [new Float32Array(5000), 'Float32Array of 20000 bytes'],
      [[0.6, 0.8], 'an array of 2'],
    ] as const) {
      assert.throws(
        () => unitEmbedding(bad),
        (error: Error) => error.message.includes(`for embedding but received ${received}`),
      );
    }
  });
});
