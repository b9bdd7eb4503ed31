/** What every node does with messages that Node-RED itself stumbles over, and with errors. */
import assert from 'node:assert/strict';
import runtimeNode from '../../nodes/arcflow-runtime/arcflow-runtime';
import detectNode from '../../nodes/mtcnn-detect/mtcnn-detect';
import { RUNTIME, startFlow, startServer, stopFlow, stopServer } from '../support/flow';
import { samplePhoto } from '../support/images';

const DETECT = { id: 'first', type: 'mtcnn-detect', name: 'door', runtime: 'runtime' };

interface Caught {
  readonly message: string;
  readonly received: { readonly error: unknown; readonly topic?: string; readonly _msgid: string };
}

describe('nodes: the host adapter', () => {
  before(startServer);
  after(stopServer);
  afterEach(stopFlow);

  const trap = (): object => ({
    get inside(): never {
      throw new Error('this cannot be copied');
    },
  });
  function revoked(): object {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  }

  const messages: Record<string, () => Record<string, unknown>> = {
    'that can be copied': () => ({}),
    'with a getter that throws': () => ({ uncloneable: trap() }),
    'with a proxy that was revoked': () => ({ uncloneable: revoked() }),
    'whose own property throws': () =>
      Object.defineProperty({}, 'uncloneable', {
        enumerable: true,
        get: () => assert.fail('not to be read'),
      }),
  };
  for (const [name, make] of Object.entries(messages)) {
    it(`report the error of a message ${name} with code, message and source, and go on`, async () => {
      const flow = await startFlow([runtimeNode, detectNode], [RUNTIME, DETECT]);
      const message = Object.defineProperties(
        { payload: 'no picture', topic: 'garden', _msgid: 'abc' },
        Object.getOwnPropertyDescriptors(make()),
      );
      const { received } = await flow.send(message).then(
        () => assert.fail('it was accepted'),
        (error: unknown) => error as Caught,
      );
      const { message: sentence, code, source } = received.error as Record<string, unknown>;
      assert.match(String(sentence), /base64 or data-URL image|cannot be read/);
      assert.ok(code === 'INVALID_ARGUMENT' || code === 'IMAGE_UNREADABLE');
      assert.deepEqual(source, { id: 'first', type: 'mtcnn-detect', name: 'door', count: 1 });
      assert.deepEqual([received.topic, received._msgid], ['garden', 'abc']);
      const { faces } = await flow.send({ payload: samplePhoto(1) });
      assert.ok((faces as unknown[]).length > 0);
    });
  }

  it('work on a message that was frozen', async () => {
    const flow = await startFlow([runtimeNode, detectNode], [RUNTIME, DETECT]);
    const { faces } = await flow.send(Object.freeze({ _msgid: 'abc', payload: samplePhoto(1) }));
    assert.ok((faces as unknown[]).length > 0);
  });
});
