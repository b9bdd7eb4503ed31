/** What Node-RED's own function node makes: typed arrays and errors of another realm. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import runtimeNode from '../../nodes/arcflow-runtime/arcflow-runtime';
import embedNode from '../../nodes/arcface-embed/arcface-embed';
import annotateNode from '../../nodes/annotate/annotate';
import detectNode from '../../nodes/mtcnn-detect/mtcnn-detect';
import { RUNTIME, startFlow, startServer, stopFlow, stopServer } from '../support/flow';
import { samplePhoto } from '../support/images';

const functionNode: unknown = createRequire(__filename)('@node-red/nodes/core/function/10-function.js');
const MODULES = [runtimeNode, functionNode, detectNode, embedNode, annotateNode];

const code = (id: string, func: string, next: string): Record<string, unknown> => ({
  id,
  type: 'function',
  func,
  outputs: 1,
  wires: [[next]],
});

describe('nodes: behind a function node', () => {
  before(startServer);
  after(stopServer);
  afterEach(stopFlow);

  it('take a frame whose bytes were copied there', async () => {
    const flow = await startFlow(MODULES, [
      RUNTIME,
      { id: 'first', type: 'mtcnn-detect', runtime: 'runtime', wires: [['copy']] },
      code(
        'copy',
        'msg.frame = { ...msg.frame, data: Uint8Array.from(msg.frame.data) }; return msg;',
        'embed',
      ),
      { id: 'embed', type: 'arcface-embed', runtime: 'runtime' },
    ]);
    const { faces } = await flow.send({ payload: samplePhoto(1) });
    const [face] = faces as { embedding: Float32Array }[];
    assert.equal(face?.embedding.length, 512);
  });

  for (const [name, make] of [
    ['a Uint8Array', 'new Uint8Array(msg.payload)'],
    ['an ArrayBuffer', 'new Uint8Array(msg.payload).buffer'],
    ['what JSON makes of a Buffer', 'JSON.parse(JSON.stringify(msg.payload))'],
  ] as const) {
    it(`take a picture in ${name}`, async () => {
      const flow = await startFlow(MODULES, [
        RUNTIME,
        code('first', `msg.payload = ${make}; return msg;`, 'detect'),
        { id: 'detect', type: 'mtcnn-detect', runtime: 'runtime' },
      ]);
      const { faces } = await flow.send({ payload: samplePhoto(1) });
      assert.ok((faces as unknown[]).length > 0);
    });
  }

  it('take faces that were made of JSON', async () => {
    const flow = await startFlow(MODULES, [
      RUNTIME,
      { id: 'first', type: 'mtcnn-detect', runtime: 'runtime', wires: [['copy']] },
      code('copy', 'msg.faces = JSON.parse(JSON.stringify(msg.faces)); return msg;', 'draw'),
      { id: 'draw', type: 'face-annotate', runtime: 'runtime' },
    ]);
    const { payload } = await flow.send({ payload: samplePhoto(1) });
    assert.ok(Buffer.isBuffer(payload));
  });
});
