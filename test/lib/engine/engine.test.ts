import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { Engine } from '../../../lib/engine/engine';
import { ArcFlowError } from '../../../lib/core/errors';
import { createFrame } from '../../../lib/image/frame';
import { toDetectOptions } from '../../../lib/detect/mtcnn/options';
import { samplePhoto } from '../../support/images';

const CPU = { provider: 'cpu', threads: 2 } as const;

describe('engine', () => {
  let engine: Engine;
  beforeEach(() => (engine = new Engine(CPU)));
  afterEach(() => engine.close());

  it('detects and embeds in its worker', async () => {
    const { frame, faces, provider, stages } = await engine.call(
      'detect',
      samplePhoto(1),
      { source: 'sample' },
      toDetectOptions(),
    );
    assert.ok(faces.length >= 3);
    assert.equal(provider, 'cpu');
    assert.equal(frame.source, 'sample');
    assert.ok(
      ['decode', 'pyramid', 'pnet', 'nms', 'crops', 'rnet', 'onet'].every((stage) => stages[stage]! >= 0),
    );
  });

  it('hands frames over in shared memory, not as copies', async () => {
    const frame = await engine.call('decode', samplePhoto(2), {});
    assert.ok(frame.data.buffer instanceof SharedArrayBuffer);
    assert.equal(
      await engine.call('decode', frame, {}).then(({ data }) => data.buffer.byteLength),
      frame.data.length,
    );
  });

  it('answers in the order of the requests', async () => {
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3].map((value) =>
        engine
          .call('encode', createFrame(600 / value, 400, {}), { format: 'png', quality: 80 })
          .then(() => order.push(value)),
      ),
    );
    assert.deepEqual(order, [1, 2, 3]);
  });

  it('passes errors on with their code and short status', async () => {
    await assert.rejects(engine.call('decode', Buffer.from('text'), {}), (error: unknown) => {
      assert.ok(error instanceof ArcFlowError);
      assert.deepEqual([error.code, error.status], ['IMAGE_UNREADABLE', 'unreadable image']);
      return true;
    });
    assert.equal((await engine.call('decode', samplePhoto(1), {})).width > 0, true);
  });

  it('refuses what cannot reach a worker and goes on', async () => {
    const broken = Object.assign(createFrame(2, 2), { extra: () => 1 });
    await assert.rejects(engine.call('decode', broken, {}), {
      code: 'INVALID_ARGUMENT',
      message: /cannot reach the engine/,
    });
    assert.ok((await engine.call('decode', samplePhoto(1), {})).width > 0);
  });

  it('lets what runs finish at close, and refuses what waits and what comes', async () => {
    const running = engine.call('detect', samplePhoto(1), {}, toDetectOptions());
    const refused = assert.rejects(engine.call('info'), { code: 'ENGINE_CLOSED' });
    await engine.close();
    await refused;
    assert.ok((await running).faces.length >= 3);
    await assert.rejects(engine.call('info'), { code: 'ENGINE_CLOSED' });
  });

  it('survives a close at any moment: before it has started, while networks load, while they run', async () => {
    for (let moment = 0; moment < 8; moment++) {
      const closed = new Engine(CPU);
      const working = (async () => {
        for (;;) await closed.call('detect', samplePhoto(1), {}, toDetectOptions({ minFaceSize: 20 }));
      })();
      const refused = assert.rejects(working, { code: 'ENGINE_CLOSED' });
      await setTimeout(moment * 120);
      await closed.close();
      await refused;
    }
  });
});
