import assert from 'node:assert/strict';
import type { Face } from '../../../lib/core/face';
import { DEFAULT_RULES, chooseFace } from '../../../lib/gallery/enrolment';

const POINT = { x: 0, y: 0 };

function face(size: number, quality: Partial<Face['quality']> = {}, embedded = true): Face {
  return {
    box: { x: 0, y: 0, width: size, height: size },
    confidence: 0.99,
    landmarks: { leftEye: POINT, rightEye: POINT, nose: POINT, mouthLeft: POINT, mouthRight: POINT },
    quality: { size, sharpness: 0.8, yaw: 0, pitch: 0, roll: 0, ...quality },
    ...(embedded && { embedding: Float32Array.of(1), embeddingModel: 'm' }),
  };
}

const refusal = (message: string, status: string): object => ({ code: 'ENROLMENT_REFUSED', message, status });

describe('chooseFace', () => {
  it('takes the only face', () => {
    const only = face(100);
    assert.deepEqual(chooseFace([only]), only);
  });

  it('refuses a picture without a face', () => {
    assert.throws(() => chooseFace([]), refusal('Not enrolled: the picture shows no face', 'no face'));
  });

  const STRICT = { ...DEFAULT_RULES, ignoreBackground: false };

  it('refuses several faces', () => {
    assert.throws(
      () => chooseFace([face(100), face(20), face(30)], STRICT),
      refusal('Not enrolled: the picture shows 3 faces, and it must be clear whose it is', '3 faces'),
    );
  });

  it('ignores the background unless told not to', () => {
    const main = face(90);
    assert.equal(chooseFace([face(29), main, face(20)]).box, main.box);
    assert.throws(() => chooseFace([face(30), main]), { status: '2 faces' });
    assert.throws(() => chooseFace([face(29), main], STRICT), { status: '2 faces' });
  });

  it('refuses a face without an embedding and says what to wire', () => {
    assert.throws(
      () => chooseFace([face(100, {}, false)]),
      refusal(
        'Not enrolled: the face has no embedding; wire arcface-embed before the gallery',
        'no embedding',
      ),
    );
  });

  it('refuses a small face', () => {
    assert.throws(
      () => chooseFace([face(39.6)]),
      refusal('Not enrolled: the face is 39 pixels small, below 40', 'face too small'),
    );
    assert.ok(chooseFace([face(40)]));
  });

  it('refuses a blurred face, but not one of unknown sharpness', () => {
    assert.throws(
      () => chooseFace([face(100, { sharpness: 0.123 })]),
      refusal('Not enrolled: the face is blurred, with a sharpness of 0.12, below 0.45', 'face blurred'),
    );
    assert.ok(chooseFace([face(100, { sharpness: undefined })]));
  });

  it('refuses a head turned further than is allowed', () => {
    assert.ok(chooseFace([face(100, { yaw: -80, pitch: 60 })]));
    const rules = { ...DEFAULT_RULES, maxAngle: 35 };
    for (const pose of [{ yaw: -35.4 }, { pitch: 35.4 }]) {
      assert.throws(
        () => chooseFace([face(100, pose)], rules),
        refusal('Not enrolled: the head is turned by 36°, beyond 35°', 'head turned away'),
      );
    }
    assert.ok(chooseFace([face(100, { yaw: 35, pitch: -35, roll: 90 })], rules));
  });
});
