import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Face } from '../../lib/core/face';
import { createFrame, type Frame } from '../../lib/image/frame';
import embedNode from '../../nodes/arcface-embed/arcface-embed';
import runtimeNode from '../../nodes/arcflow-runtime/arcflow-runtime';
import detectNode from '../../nodes/mtcnn-detect/mtcnn-detect';
import { RUNTIME, startFlow, startServer, stopFlow, stopServer } from '../support/flow';
import { hugePng, samplePhoto } from '../support/images';

const MODULES = [runtimeNode, detectNode, embedNode];
const detect = { id: 'first', type: 'mtcnn-detect', runtime: 'runtime' };
const embed = { id: 'embed', type: 'arcface-embed', runtime: 'runtime' };
/** What msg.detection says besides times. */
interface Detection {
  readonly omitted: number;
  readonly truncated?: boolean;
}

const facesOf = (message: Record<string, unknown>): Face[] => message['faces'] as Face[];

describe('nodes: mtcnn-detect and arcface-embed', () => {
  before(startServer);
  after(stopServer);
  afterEach(stopFlow);

  it('finds faces in a photograph and leaves the rest of the message alone', async () => {
    const flow = await startFlow(MODULES, [RUNTIME, detect]);
    const message = await flow.send({ payload: samplePhoto(1), topic: 'door', extra: { kept: true } });
    const frame = message['frame'] as Frame;
    const faces = facesOf(message);
    assert.ok(faces.length >= 3);
    assert.deepEqual([message.topic, message['extra'], frame.source], ['door', { kept: true }, 'door']);
    assert.ok(Buffer.isBuffer(message.payload));
    for (const { box, confidence, landmarks, quality } of faces) {
      assert.ok(confidence >= 0.7 && confidence <= 1);
      assert.ok(box.x > -box.width && box.x + box.width < frame.width + box.width);
      assert.ok(landmarks.leftEye.x < landmarks.rightEye.x && landmarks.leftEye.y < landmarks.mouthLeft.y);
      assert.ok(quality.size > 20 && Math.abs(quality.roll) < 60);
    }
  });

  it('takes base64, data URLs and Frames alike', async () => {
    const flow = await startFlow(MODULES, [RUNTIME, detect]);
    const photo = samplePhoto(2);
    const boxes = async (message: Record<string, unknown>) =>
      facesOf(await flow.send(message)).map(({ box }) => box);
    const expected = await boxes({ payload: photo });
    assert.ok(expected.length > 0);
    assert.deepEqual(await boxes({ payload: photo.toString('base64') }), expected);
    assert.deepEqual(
      await boxes({ payload: `data:image/jpeg;base64,${photo.toString('base64')}` }),
      expected,
    );
    const lines = photo.toString('base64').replace(/.{76}/g, '$&\r\n');
    assert.deepEqual(await boxes({ payload: lines }), expected);
    assert.deepEqual(await boxes({ payload: `\n data:image/jpeg;charset=utf-8;BASE64,${lines}` }), expected);
    assert.deepEqual(await boxes({ payload: new Uint8Array(photo) }), expected);
    assert.deepEqual(await boxes({ payload: new Uint8Array(photo).buffer }), expected);
    assert.deepEqual(
      await boxes({ payload: Buffer.concat([photo, photo]).subarray(0, photo.length) }),
      expected,
    );
    const { data, info } = await sharp(photo).raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual(await boxes({ frame: { data, width: info.width, height: info.height } }), expected);
    assert.deepEqual(await boxes({ payload: { data, width: info.width, height: info.height } }), expected);
  });

  it('keeps the largest faces and drops pixels when asked to', async () => {
    const flow = await startFlow(MODULES, [RUNTIME, { ...detect, maxFaces: '1', dropPixels: true }]);
    const message = await flow.send({ payload: samplePhoto(1) });
    assert.equal(facesOf(message).length, 1);
    assert.equal(message['frame'], undefined);
  });

  it('says how many faces were left out', async () => {
    const flow = await startFlow(MODULES, [RUNTIME, detect, { ...detect, id: 'one', maxFaces: '1' }]);
    const all = await flow.send({ payload: samplePhoto(1) });
    assert.equal((all['detection'] as Detection).omitted, 0);
    const one = await flow.send({ payload: samplePhoto(1) }, 'one');
    assert.equal((one['detection'] as Detection).omitted, facesOf(all).length - 1);
  });

  it('uses a photograph whose last bytes are missing and says so', async () => {
    const flow = await startFlow(MODULES, [RUNTIME, { ...detect, dropPixels: true }]);
    const photo = samplePhoto(1);
    const whole = await flow.send({ payload: photo });
    const cut = await flow.send({ payload: photo.subarray(0, photo.length - 100) });
    assert.ok(!('truncated' in (whole['detection'] as Detection)));
    assert.equal((cut['detection'] as Detection).truncated, true);
    assert.equal(facesOf(cut).length, facesOf(whole).length);
  });

  it('embeds every face: unit length, same person nearer than another', async () => {
    const flow = await startFlow(MODULES, [
      RUNTIME,
      { ...detect, wires: [['embed']] },
      { ...embed, crops: true },
    ]);
    const [first] = facesOf(await flow.send({ payload: samplePhoto(1) }));
    const mirrored = await sharp(samplePhoto(1)).flop().toBuffer();
    const others = facesOf(await flow.send({ payload: mirrored }));
    const { embedding } = first!;
    assert.equal(embedding!.length, 512);
    assert.ok(Math.abs(cosine(embedding!, embedding!) - 1) < 1e-5);
    assert.equal(first!.embeddingModel, 'arcface-mobilefacenet-512');
    assert.deepEqual([first!.crop!.width, first!.crop!.height], [112, 112]);
    assert.ok(first!.quality.sharpness! > 0 && first!.quality.sharpness! < 1);
    const similarities = others.map((face) => cosine(embedding!, face.embedding!)).sort((a, b) => b - a);
    assert.ok(similarities[0]! > 0.7 && similarities[1]! < 0.5, similarities.join());
  });

  it('passes a picture without faces on', async () => {
    const flow = await startFlow(MODULES, [RUNTIME, { ...detect, wires: [['embed']] }, embed]);
    assert.deepEqual(facesOf(await flow.send({ frame: createFrame(320, 240) })), []);
    assert.deepEqual(facesOf(await flow.send({ frame: createFrame(1, 1) })), []);
  });

  it('says which provider runs', async () => {
    const flow = await startFlow(MODULES, [RUNTIME, detect]);
    const { payload } = await flow.send({ operation: 'info' });
    assert.deepEqual(payload, { provider: 'cpu', threads: 2, attempts: [{ provider: 'cpu' }] });
  });

  it('reports a field that is out of range for every message', async () => {
    const flow = await startFlow(MODULES, [RUNTIME, { ...detect, minFaceSize: '3' }]);
    await assert.rejects(
      flow.send({ payload: samplePhoto(1) }),
      /Expected a number between 12 and 4096 for minFaceSize but received 3/,
    );
  });

  it('looks with the detector that it names, and says which it was', async () => {
    const flow = await startFlow(MODULES, [
      RUNTIME,
      { ...detect, detector: 'ultraface', options: { score: 0.5 } },
      { ...detect, id: 'mtcnn' },
      { ...detect, id: 'unknown', detector: 'scrfd' },
      { ...detect, id: 'strict', detector: 'ultraface', options: { score: 7 } },
      { ...detect, id: 'stray', options: { score: 0.5 } },
    ]);
    const message = await flow.send({ payload: samplePhoto(1) });
    assert.ok(facesOf(message).length >= 3);
    const { detector, stages } = message['detection'] as Record<string, object>;
    assert.equal(detector, 'ultraface');
    assert.ok('network' in stages! && 'onet' in stages && !('pnet' in stages));
    const usual = await flow.send({ payload: samplePhoto(1) }, 'mtcnn');
    assert.equal((usual['detection'] as Record<string, unknown>)['detector'], 'mtcnn');
    const cases: [string, RegExp][] = [
      ['unknown', /^No detector scrfd is known; there are mtcnn, ultraface$/],
      ['strict', /^Expected a number between 0\.01 and 0\.999 for score but received 7$/],
      ['stray', /^Expected only minFaceSize, .* for options of detector mtcnn but received "score"$/],
    ];
    for (const [id, expected] of cases)
      await assert.rejects(flow.send({ payload: samplePhoto(1) }, id), { message: expected });
  });

  it('looks with a detector of the runtime’s own manifest, and refuses one of an unknown kind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'arcflow-detectors-'));
    const write = (name: string, kind: string): string => {
      const detectors = [{ id: 'own', kind, networks: { faces: 'ultraface-rfb-320' } }];
      writeFileSync(join(folder, name), JSON.stringify({ version: 1, detectors }));
      return join(folder, name);
    };
    try {
      const flow = await startFlow(MODULES, [
        { ...RUNTIME, manifest: write('good.json', 'ultraface') },
        { ...RUNTIME, id: 'arcflow-bad', manifest: write('bad.json', 'yolo') },
        { ...detect, detector: 'own' },
        { ...detect, id: 'lame', runtime: 'arcflow-bad', detector: 'own' },
      ]);
      assert.ok(facesOf(await flow.send({ payload: samplePhoto(1) })).length >= 3);
      await assert.rejects(
        flow.send({ payload: samplePhoto(1) }, 'lame'),
        /misconfigured: Expected one of .*mtcnn.* for kind of detector own but received "yolo"$/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('reports a runtime that is missing', async () => {
    const flow = await startFlow(MODULES, [{ ...detect, runtime: '' }]);
    await assert.rejects(flow.send({ payload: samplePhoto(1) }), /Expected an ArcFlow runtime to be chosen/);
  });

  it('sheds load by source: the newest waits, older ones are dropped', async () => {
    const flow = await startFlow(MODULES, [RUNTIME, { ...detect, whenBusy: 'newest' }]);
    await flow.send({ payload: samplePhoto(1) });
    const received: unknown[] = [];
    flow.node('out').on('input', (message: Record<string, unknown>) => received.push(message['n']));
    for (let n = 0; n < 10; n++) flow.node('first').receive({ payload: samplePhoto(1), topic: 'cam', n });
    flow.node('first').receive({ payload: samplePhoto(2), topic: 'other', n: 'other' });
    await until(() => received.length === 3);
    assert.deepEqual([...received].sort(), [0, 9, 'other']);
  });
});

describe('nodes: mtcnn-detect and arcface-embed refuse', () => {
  const own = {
    type: 'arcface-embed',
    runtime: 'runtime',
    model: 'file',
    fileId: 'own',
    inputSize: '112',
    dimension: '512',
  };
  const otherModel = require.resolve('../../models/mtcnn-onet.onnx');
  let flow: Awaited<ReturnType<typeof startFlow>>;

  before(async () => {
    await startServer();
    flow = await startFlow(MODULES, [
      RUNTIME,
      detect,
      embed,
      { ...own, id: 'missing', file: '/nowhere/own.onnx' },
      { ...own, id: 'other', file: otherModel },
      { ...own, id: 'clash', file: otherModel, fileId: 'arcface-mobilefacenet-512' },
      { id: 'wrong', type: 'arcflow-runtime', provider: 'cpu', manifest: '/nowhere.json' },
      { ...detect, id: 'lame', runtime: 'wrong' },
    ]);
  });
  after(async () => {
    await stopFlow();
    await stopServer();
  });

  const frame = (change: object) => ({ ...createFrame(8, 8), ...change });
  const photo = samplePhoto(1);
  const cases: [string, Record<string, unknown>, RegExp][] = [
    ['nothing', {}, /Expected an image .* for msg\.payload but received undefined/],
    ['an empty buffer', { payload: Buffer.alloc(0) }, /msg\.payload is empty/],
    ['an empty data URL', { payload: 'data:image/png;base64,' }, /msg\.payload is empty/],
    ['a truncated JPEG', { payload: photo.subarray(0, 20_000) }, /cannot be read/],
    ['a text file', { payload: Buffer.from('just words') }, /cannot be read/],
    ['text', { payload: 'just words, no base64!' }, /base64/],
    ['a decompression bomb', { payload: hugePng(30_000, 30_000) }, /30000 × 30000/],
    ['NaN in a Frame', { frame: frame({ width: Number.NaN }) }, /msg\.frame\.width but received NaN/],
    [
      'a Frame whose size does not fit its data',
      { frame: frame({ height: 9 }) },
      /Expected 216 bytes .* msg\.frame\.data/,
    ],
    [
      'floats in a Frame',
      { frame: frame({ data: new Float32Array(192).fill(Number.NaN) }) },
      /Uint8Array of RGB bytes/,
    ],
    ['a number', { payload: 42 }, /but received 42/],
  ];
  for (const [name, message, expected] of cases) {
    it(name, async () => {
      await assert.rejects(
        flow.send({ ...message, kept: 1 }),
        (error: Error & { received?: Record<string, unknown> }) => {
          assert.match(error.message, expected);
          assert.equal(error.received!['kept'], 1);
          return true;
        },
      );
      assert.ok(facesOf(await flow.send({ payload: photo })).length > 0);
    });
  }

  const good = (): Record<string, unknown> => ({
    box: { x: 0, y: 0, width: 4, height: 4 },
    confidence: 0.9,
    quality: {},
    landmarks: {
      leftEye: { x: 1, y: 1 },
      rightEye: { x: 3, y: 1 },
      nose: { x: 2, y: 2 },
      mouthLeft: { x: 1, y: 3 },
      mouthRight: { x: 3, y: 3 },
    },
  });
  const point = { x: 1, y: 1 };
  const broken: [string, unknown, RegExp][] = [
    ['no faces', undefined, /array of faces \(wire mtcnn-detect before\) for msg\.faces/],
    [
      'a face without landmarks',
      [{ ...good(), landmarks: undefined }],
      /five landmarks for msg\.faces\[0\]\.landmarks/,
    ],
    [
      'NaN in a landmark',
      [
        good(),
        { ...good(), landmarks: { ...(good()['landmarks'] as object), nose: { x: Number.NaN, y: 0 } } },
      ],
      /msg\.faces\[1\]\.landmarks\.nose\.x but received NaN/,
    ],
    [
      'a size that is no number',
      [{ ...good(), quality: { size: 'large' } }],
      /Expected a number between 0 and 1000000 for msg\.faces\[0\]\.quality\.size but received "large"/,
    ],
    [
      'a model that is no text',
      [{ ...good(), embeddingModel: 7 }],
      /Expected a non-empty string for msg\.faces\[0\]\.embeddingModel but received 7/,
    ],
    [
      'landmarks that coincide',
      [
        {
          ...good(),
          landmarks: { leftEye: point, rightEye: point, nose: point, mouthLeft: point, mouthRight: point },
        },
      ],
      /coincide/,
    ],
  ];
  for (const [name, faces, expected] of broken) {
    it(`msg.faces with ${name}`, async () => {
      await assert.rejects(flow.send({ frame: createFrame(8, 8), faces }, 'embed'), expected);
      assert.equal(
        facesOf(await flow.send({ frame: createFrame(8, 8), faces: [good()] }, 'embed'))[0]!.embedding!
          .length,
        512,
      );
    });
  }

  it('a missing frame', async () => {
    await assert.rejects(flow.send({ faces: [good()] }, 'embed'), /Expected a Frame .* for msg\.frame/);
  });

  it('a missing model file', async () => {
    const message = { frame: createFrame(8, 8), faces: [good()] };
    await assert.rejects(flow.send(message, 'missing'), /model file \/nowhere\/own\.onnx is missing/);
  });

  it("an own file under another network's id", async () => {
    await assert.rejects(
      flow.send({ frame: createFrame(8, 8), faces: [good()] }, 'clash'),
      /Expected an id that no other model has for fileId but received "arcface-mobilefacenet-512"/,
    );
  });

  it('a runtime that is misconfigured, by its own words', async () => {
    await assert.rejects(
      flow.send({ payload: photo }, 'lame'),
      /runtime that the node uses is misconfigured: The model manifest \/nowhere\.json cannot be read/,
    );
  });

  it('a model file that is not as declared', async () => {
    await assert.rejects(
      flow.send({ frame: createFrame(8, 8), faces: [good()] }, 'other'),
      /Model own declares input \[n, 3, 112, 112\] but its file .* has \[n, 3, 48, 48\]/,
    );
  });
});

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
