import assert from 'node:assert/strict';
import { Appearance, similarity } from '../../../lib/tracking/appearance';
import { lookalike, randomUnit, seeded } from './synthetic';

describe('appearance', () => {
  const random = seeded(3);
  const anna = randomUnit(random);

  it('compares embeddings of one model only', () => {
    const a = { embedding: anna, embeddingModel: 'm' };
    assert.ok(Math.abs(similarity(a, a)! - 1) < 1e-6);
    assert.equal(similarity(a, { embedding: anna, embeddingModel: 'n' }), undefined);
    assert.equal(similarity(a, {}), undefined);
    assert.equal(similarity(a, { embedding: new Float32Array(3), embeddingModel: 'm' }), undefined);
  });

  it('is closer to the person than a single look', () => {
    const appearance = new Appearance();
    assert.equal(appearance.embedding, undefined);
    for (let i = 0; i < 10; i++)
      appearance.add({ embedding: lookalike(anna, 0.6, random), embeddingModel: 'm' }, 1);
    const likeness = similarity(appearance, { embedding: anna, embeddingModel: 'm' })!;
    assert.ok(likeness > 0.85 && likeness <= 1, `${likeness}`);
  });

  it('follows good looks more than bad ones', () => {
    const appearance = new Appearance();
    const blurred = randomUnit(random);
    appearance.add({ embedding: blurred }, 0.05);
    appearance.add({ embedding: anna }, 0.5);
    assert.ok(similarity(appearance, { embedding: anna })! > 0.98);
  });

  it('starts anew with another model', () => {
    const appearance = new Appearance();
    appearance.add({ embedding: anna, embeddingModel: 'm' }, 1);
    const other = randomUnit(random, 192);
    appearance.add({ embedding: other, embeddingModel: 'n' }, 1);
    assert.equal(appearance.embeddingModel, 'n');
    assert.ok(Math.abs(similarity(appearance, { embedding: other, embeddingModel: 'n' })! - 1) < 1e-6);
  });
});
