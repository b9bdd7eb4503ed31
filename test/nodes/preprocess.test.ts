import assert from 'node:assert/strict';
import sharp from 'sharp';
import type { Face } from '../../lib/core/face';
import type { Frame } from '../../lib/image/frame';
import { createFrame } from '../../lib/image/frame';
import { OPERATIONS } from '../../lib/preprocess/steps';
import runtimeNode from '../../nodes/arcflow-runtime/arcflow-runtime';
import detectNode from '../../nodes/mtcnn-detect/mtcnn-detect';
import preprocessNode from '../../nodes/preprocess/preprocess';
import english from '../../nodes/preprocess/locales/en-US/preprocess.json';
import { RUNTIME, startFlow, startServer, stopFlow, stopServer } from '../support/flow';
import { samplePhoto } from '../support/images';

const MODULES = [runtimeNode, detectNode, preprocessNode];
const step = (id: string, parameters: object = {}) => ({ id, enabled: true, ...parameters });
const node = (steps: readonly object[], more: object = {}) => ({
  id: 'first',
  type: 'face-preprocess',
  runtime: 'runtime',
  steps,
  ...more,
});
const meanOf = ({ data }: Frame) => data.reduce((sum, value) => sum + value, 0) / data.length;

describe('nodes: face-preprocess', () => {
  before(startServer);
  after(stopServer);
  afterEach(stopFlow);

  it('runs the steps in order over a copy and reports them', async () => {
    const flow = await startFlow(MODULES, [
      RUNTIME,
      node([step('brightness', { offset: 30 }), step('resize', { width: 160 })]),
    ]);
    const frame = createFrame(320, 240);
    const message = await flow.send({ frame, topic: 'cam' });
    const result = message['frame'] as Frame;
    assert.deepEqual([result.width, result.height, meanOf(result)], [160, 120, 30]);
    assert.equal(meanOf(frame), 0);
    const { target, steps } = message['preprocess'] as { target: string; steps: { id: string }[] };
    assert.deepEqual([target, steps.map(({ id }) => id)], ['frame', ['brightness', 'resize']]);
  });

  it('leaves out a step that is switched off', async () => {
    const flow = await startFlow(MODULES, [
      RUNTIME,
      node([{ ...step('brightness', { offset: 30 }), enabled: false }]),
    ]);
    assert.equal(meanOf((await flow.send({ frame: createFrame(32, 24) }))['frame'] as Frame), 0);
  });

  it('decodes what has not been decoded', async () => {
    const flow = await startFlow(MODULES, [RUNTIME, node([step('greyscale')])]);
    const { data } = (await flow.send({ payload: samplePhoto(1) }))['frame'] as Frame;
    for (let i = 0; i < 3000; i += 3) assert.ok(data[i] === data[i + 1] && data[i] === data[i + 2]);
  });

  it('moves faces along with the pixels', async () => {
    const flow = await startFlow(MODULES, [
      RUNTIME,
      { id: 'first', type: 'mtcnn-detect', runtime: 'runtime', wires: [['flip']] },
      { ...node([step('flip')]), id: 'flip' },
    ]);
    const photo = await sharp(samplePhoto(3)).resize(640).toBuffer();
    const { frame, faces } = await flow.send({ payload: photo });
    const mirrored = await flow.send({ payload: await sharp(photo).flop().toBuffer() });
    const expected = (mirrored['faces'] as Face[]).map(
      ({ box }) => (frame as Frame).width - box.x - box.width,
    );
    assert.equal((faces as Face[]).length, expected.length);
  });

  it('works on the face regions alone when told to', async () => {
    const flow = await startFlow(MODULES, [
      RUNTIME,
      { id: 'first', type: 'mtcnn-detect', runtime: 'runtime', wires: [['regions']] },
      { ...node([step('brightness', { offset: 100 })], { target: 'faces' }), id: 'regions' },
    ]);
    const photo = await sharp(samplePhoto(3)).resize(640).png().toBuffer();
    const original = await sharp(photo).raw().toBuffer();
    const message = await flow.send({ payload: photo });
    const { data, width } = message['frame'] as Frame;
    const { box } = (message['faces'] as Face[])[0]!;
    const centre = (Math.round(box.y + box.height / 2) * width + Math.round(box.x + box.width / 2)) * 3;
    assert.ok(data[centre]! >= Math.min(255, original[centre]! + 99));
    assert.equal(data[0], original[0]);
    const { steps } = message['preprocess'] as { steps: { id: string; face: number }[] };
    assert.deepEqual(
      steps.map(({ id, face }) => [id, face]),
      (message['faces'] as Face[]).map((_, index) => ['brightness', index]),
    );
  });

  describe('refuses', () => {
    const cases: [string, readonly object[], object, object, RegExp][] = [
      [
        'a parameter out of range',
        [step('clahe', { tiles: 99 })],
        {},
        {},
        /Expected an integer between 1 and 31 for clahe\.tiles but received 99/,
      ],
      [
        'an unknown step',
        [step('magic')],
        {},
        {},
        /Expected one of auto, .* for steps\[0\]\.id but received "magic"/,
      ],
      [
        'upright where nobody has looked for faces',
        [step('upright')],
        {},
        {},
        /The step upright needs faces/,
      ],
      [
        'face regions without faces',
        [step('gamma')],
        { target: 'faces' },
        {},
        /put the node after mtcnn-detect/,
      ],
      [
        'moving pixels of face regions',
        [step('rotate')],
        { target: 'faces' },
        { faces: [] },
        /The step rotate moves pixels/,
      ],
    ];
    for (const [name, steps, more, message, expected] of cases) {
      it(name, async () => {
        const flow = await startFlow(MODULES, [RUNTIME, node(steps, more)]);
        await assert.rejects(flow.send({ frame: createFrame(16, 16), ...message }), expected);
      });
    }
  });

  it('has words for every operation, parameter, choice and unit', () => {
    const texts = english.preprocess as unknown as Record<string, Record<string, unknown>>;
    for (const { id, parameters } of OPERATIONS) {
      assert.ok(texts['step']![id], id);
      for (const parameter of parameters) {
        assert.ok(texts['parameter']![parameter.name], parameter.name);
        if ('unit' in parameter) assert.ok(texts['unit']![parameter.unit], parameter.unit);
        if (parameter.type === 'choice')
          for (const choice of parameter.choices) assert.ok(texts['choice']![choice], choice);
      }
    }
  });
});
