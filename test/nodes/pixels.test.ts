import assert from 'node:assert/strict';
import type { NodeMessage } from 'node-red';
import type { Frame } from '../../lib/image/frame';
import { createFrame } from '../../lib/image/frame';
import { sharePixels } from '../../nodes/shared/pixels';

const isShared = ({ data }: Pick<Frame, 'data'>, frame: Frame): boolean =>
  Buffer.isBuffer(data) && data.buffer === frame.data.buffer && data.length === frame.data.length;

describe('sharePixels', () => {
  it('makes the data of every frame in a message a Buffer on the same memory', () => {
    const [frame, crop] = [createFrame(4, 2), createFrame(2, 2)];
    const message: NodeMessage = {
      frame,
      payload: frame,
      faces: [{ crop, confidence: 1 }, { confidence: 0 }],
    };
    sharePixels(message);
    const [first, second] = message['faces'] as [{ crop: Frame; confidence: number }, object];
    assert.ok(isShared(message['frame'] as Frame, frame));
    assert.ok(isShared(message.payload as Frame, frame));
    assert.ok(isShared(first.crop, crop));
    assert.deepEqual([first.confidence, second], [1, { confidence: 0 }]);
    assert.deepEqual({ ...(message['frame'] as Frame), data: undefined }, { ...frame, data: undefined });
  });

  it('takes a part of a larger memory for what it is', () => {
    const data = new Uint8Array([0, 0, 1, 2, 3, 0]).subarray(2, 5);
    const message: NodeMessage = { frame: { data, width: 1, height: 1 } };
    sharePixels(message);
    assert.deepEqual([...(message['frame'] as Frame).data], [1, 2, 3]);
  });

  it('leaves everything else alone', () => {
    const kept = { data: Buffer.alloc(3), width: 1, height: 1 };
    const text = { data: 'text', width: 1, height: 1 };
    const faces = [null, 'x', { crop: kept }];
    const message: NodeMessage = { frame: kept, payload: text, faces };
    sharePixels(message);
    assert.equal(message['frame'], kept);
    assert.equal(message.payload, text);
    assert.equal(message['faces'], faces);
    const payload = new Uint8Array(3);
    const bytes: NodeMessage = { payload };
    sharePixels(bytes);
    assert.equal(bytes.payload, payload);
    assert.ok(!('frame' in bytes || 'faces' in bytes));
  });
});
