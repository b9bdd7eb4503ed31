/** What every node does with messages that Node-RED itself stumbles over. */
import assert from 'node:assert/strict';
import runtimeNode from '../../nodes/arcflow-runtime/arcflow-runtime';
import detectNode from '../../nodes/mtcnn-detect/mtcnn-detect';
import { RUNTIME, startFlow, startServer, stopFlow, stopServer } from '../support/flow';
import { samplePhoto } from '../support/images';

describe('nodes: the host adapter', () => {
  before(startServer);
  after(stopServer);
  afterEach(stopFlow);

  it('reports what was wrong with a message that cannot be cloned for the Catch node, and goes on', async () => {
    const flow = await startFlow(
      [runtimeNode, detectNode],
      [RUNTIME, { id: 'first', type: 'mtcnn-detect', runtime: 'runtime' }],
    );
    const uncloneable = {
      get trap(): never {
        throw new Error('this cannot be copied');
      },
    };
    await assert.rejects(flow.send({ payload: 'no picture', uncloneable }), /image cannot be read/);
    const { faces } = await flow.send({ payload: samplePhoto(1) });
    assert.ok((faces as unknown[]).length > 0);
  });
});
