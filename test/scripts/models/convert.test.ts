import assert from 'node:assert/strict';
import { convertModel } from '../../../scripts/models/convert';
import { readOnnx, writeOnnx } from '../../../scripts/models/onnx';
import { sourceOf } from './networks';

describe('convertModel', () => {
  it('names an unknown recipe', async () => {
    const { model, source } = await sourceOf('mtcnn-rnet');
    assert.throws(() => convertModel(source, { ...model, convert: 'other' }, 'folded'), {
      message: 'Model mtcnn-rnet names the unknown recipe other',
    });
  });

  it('refuses a network in which two operators share their weights', async () => {
    const { model, source } = await sourceOf('arcface-mobilefacenet-512');
    const graph = readOnnx(source);
    const [first, second] = graph.nodes.filter(({ op }) => op === 'PRelu');
    const shared = graph.nodes.map((node) =>
      node === second ? { ...node, inputs: [node.inputs[0]!, first!.inputs[1]!] } : node,
    );
    assert.throws(() => convertModel(writeOnnx({ ...graph, nodes: shared }), model, 'folded'), {
      message: `Two operators share the weights ${first!.inputs[1]!}, which is not supported`,
    });
  });
});
