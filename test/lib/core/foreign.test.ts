/** Values that a function node makes, in a context whose classes are not those of this realm. */
import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import { ArcFlowError, isError, messageOf } from '../../../lib/core/errors';
import { toFaces } from '../../../lib/core/faces';
import { toBytes, toVector } from '../../../lib/core/foreign';
import { unitEmbedding } from '../../../lib/gallery/sample';
import { toFrame } from '../../../lib/image/frame';
import { toImageBytes, toImageInput } from '../../../lib/image/input';
import { describe as inWords, invalid } from '../../../lib/core/validate';

const elsewhere = (code: string): unknown => runInNewContext(code);

const FACE = {
  box: { x: 0, y: 0, width: 50, height: 50 },
  confidence: 0.9,
  landmarks: Object.fromEntries(
    ['leftEye', 'rightEye', 'nose', 'mouthLeft', 'mouthRight'].map((part) => [part, { x: 1, y: 1 }]),
  ),
  quality: { size: 50, yaw: 0, pitch: 0, roll: 0 },
};

describe('toBytes', () => {
  const cases: Record<string, string> = {
    'a Uint8Array': 'new Uint8Array([1, 2, 3])',
    'a part of one': 'new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4)',
    'a Uint8ClampedArray': 'new Uint8ClampedArray([1, 2, 3])',
    'an ArrayBuffer': 'new Uint8Array([1, 2, 3]).buffer',
    'a SharedArrayBuffer': 'const b = new Uint8Array(new SharedArrayBuffer(3)); b.set([1, 2, 3]); b.buffer',
    'what JSON makes of a Buffer': '({ type: "Buffer", data: [1, 2, 3] })',
  };
  for (const [name, code] of Object.entries(cases)) {
    it(`takes ${name} of another realm`, () => {
      const bytes = toBytes(elsewhere(code));
      assert.ok(bytes instanceof Uint8Array);
      assert.deepEqual([...bytes], [1, 2, 3]);
    });
  }

  it('shares the memory, and passes on what is of this realm as it is', () => {
    const foreign = elsewhere('new Uint8Array(4)') as Uint8Array;
    toBytes(foreign)![2] = 7;
    assert.equal(foreign[2], 7);
    const own = Buffer.from([1]);
    assert.equal(toBytes(own), own);
  });

  it('takes memory that was handed to a thread for empty', () => {
    const bytes = new Uint8Array(8);
    structuredClone(bytes, { transfer: [bytes.buffer] });
    assert.equal(toBytes(bytes.buffer)?.length, 0);
  });

  it('takes nothing else', () => {
    const others = [
      null,
      undefined,
      'text',
      7,
      [1, 2],
      {},
      new Float32Array(2),
      new DataView(new ArrayBuffer(2)),
      { type: 'Buffer', data: [1, 256] },
      { type: 'Buffer', data: ['1'] },
      { type: 'Buffer', data: 'abc' },
      new Proxy(new Uint8Array(2), {}),
    ];
    for (const value of others) assert.equal(toBytes(value), undefined);
  });
});

describe('toVector', () => {
  const cases: Record<string, string> = {
    'a Float32Array': 'Float32Array.of(0.5, -0.5)',
    'a part of one': 'Float32Array.of(9, 0.5, -0.5).subarray(1)',
    'a Float64Array': 'Float64Array.of(0.5, -0.5)',
    'an array of numbers': '[0.5, -0.5]',
    'what JSON makes of a Float32Array': 'JSON.parse(JSON.stringify(Float32Array.of(0.5, -0.5)))',
  };
  for (const [name, code] of Object.entries(cases)) {
    it(`takes ${name} of another realm`, () => {
      const vector = toVector(elsewhere(code));
      assert.ok(vector instanceof Float32Array);
      assert.deepEqual([...vector], [0.5, -0.5]);
    });
  }

  it('takes nothing else', () => {
    const others = [null, 7, 'x', {}, ['1'], [1, null], { 0: 1, 2: 3 }, { length: 1 }, Buffer.alloc(4)];
    for (const value of [...others, Array.from({ length: 4097 }, () => 0)])
      assert.equal(toVector(value), undefined);
  });
});

describe('what a message brings, made in a function node', () => {
  it('is taken as frame, picture, face and sample', () => {
    const frame = toFrame(elsewhere('({ width: 2, height: 1, data: new Uint8Array(6) })'));
    assert.ok(frame.data instanceof Uint8Array);
    assert.ok(toImageBytes(elsewhere('new Uint8Array(5)')) instanceof Uint8Array);
    const input = toImageInput(elsewhere('new ArrayBuffer(5)'), 'msg.payload');
    assert.ok(input instanceof Uint8Array && input.length === 5);
    const given = { ...FACE, embedding: elsewhere('Float32Array.of(0.6, 0.8)') };
    const [face] = toFaces([given]);
    assert.ok(face?.embedding instanceof Float32Array);
    assert.ok(unitEmbedding(elsewhere('Float32Array.of(0.6, 0.8)')) instanceof Float32Array);
  });

  it('is named where it is refused', () => {
    assert.throws(() => toFaces([{ ...FACE, embedding: 'x' }]), {
      code: 'INVALID_ARGUMENT',
      message: 'Expected a Float32Array or an array of numbers for msg.faces[0].embedding but received "x"',
    });
    assert.throws(() => toFaces([{ ...FACE, crop: {} }]), /Frame .* for msg\.faces\[0\]\.crop/);
    // eslint-disable-next-line no-sparse-arrays -- what a function node can leave
    assert.throws(() => toFaces([, FACE]), /a face for msg\.faces\[0\] but received undefined/);
  });
});

describe('errors of another realm', () => {
  it('are errors, and whatever is thrown has a text', () => {
    const error = elsewhere('new TypeError("elsewhere")');
    assert.ok(isError(error));
    assert.equal(messageOf(error), 'elsewhere');
    assert.equal(messageOf('text'), 'text');
    assert.equal(messageOf(Object.create(null)), 'Something was thrown that has no text');
    assert.equal(isError({ message: 'no error' }), false);
  });
});

describe('a refused value in words', () => {
  it('is one line, whatever it is', () => {
    assert.equal(invalid('x', 'y', 'a\0b\n').message, 'Expected x for y but received "a\\u0000b\\u000a"');
    assert.equal(new ArcFlowError('PERSON_UNKNOWN', 'x'.repeat(1e7)).message.length, 1001);
    assert.equal(inWords(new Proxy({}, {})), 'a Proxy');
    assert.equal(inWords(elsewhere('new Float32Array(2)')), 'Float32Array of 8 bytes');
    assert.equal(inWords('x'.repeat(1e7)).length, 63);
    assert.equal(inWords(Symbol('s')), 'a symbol');
  });
});
