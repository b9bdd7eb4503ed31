/** Which picture a node looks at where a message has a frame and an encoded picture. */
import assert from 'node:assert/strict';
import sharp from 'sharp';
import type { Frame } from '../../lib/image/frame';
import annotateNode from '../../nodes/annotate/annotate';
import runtimeNode from '../../nodes/arcflow-runtime/arcflow-runtime';
import detectNode from '../../nodes/mtcnn-detect/mtcnn-detect';
import preprocessNode from '../../nodes/preprocess/preprocess';
import { holdsNewPicture, shownBy } from '../../nodes/shared/image';
import { createFrame, toFrame } from '../../lib/image/frame';
import { looksEncoded } from '../../lib/image/input';
import { RUNTIME, startFlow, startServer, stopFlow, stopServer } from '../support/flow';
import { samplePhoto } from '../support/images';

const DETECT = { id: 'first', type: 'mtcnn-detect', runtime: 'runtime' };
const sizeOf = (frame: unknown): number[] => {
  const { width, height } = frame as Frame;
  return [width, height];
};

async function sizeOfPhoto(photo: Buffer): Promise<number[]> {
  const { width, height } = await sharp(photo).metadata();
  return [width, height];
}

describe('nodes: a new picture beside an older frame', () => {
  before(startServer);
  after(stopServer);
  afterEach(stopFlow);

  const [old, fresh] = [samplePhoto(1), samplePhoto(2)];

  it('is what detect looks at, however it comes', async () => {
    const flow = await startFlow([runtimeNode, detectNode], [RUNTIME, DETECT]);
    const seen = await flow.send({ payload: old });
    const text = fresh.toString('base64');
    for (const payload of [fresh, new Uint8Array(fresh), text, ` data:image/jpeg;base64,${text}`]) {
      const { frame, faces } = await flow.send({ ...seen, payload, filename: 'fresh.jpg' });
      assert.deepEqual(sizeOf(frame), await sizeOfPhoto(fresh));
      assert.equal((frame as Frame).source, 'fresh.jpg');
      assert.notDeepEqual(faces, seen['faces']);
    }
  });

  it('is not seen in the same picture, in what is no picture, nor beside a frame that a flow has made', async () => {
    const flow = await startFlow([runtimeNode, detectNode], [RUNTIME, DETECT]);
    const seen = await flow.send({ payload: old });
    const cut = createFrame(64, 48);
    for (const payload of [
      old,
      old.toString('base64'),
      'hello',
      { state: 1 },
      Buffer.from('text'),
      7,
      undefined,
    ]) {
      const { frame } = await flow.send({ ...seen, payload });
      assert.equal((frame as Frame).timestamp, (seen['frame'] as Frame).timestamp);
    }
    const { frame } = await flow.send({ frame: cut, payload: fresh });
    assert.deepEqual(sizeOf(frame), [64, 48]);
    // A copy with other pixels is still the frame of that picture.
    const changed = { ...(seen['frame'] as Frame), ...cut, data: cut.data };
    assert.deepEqual(sizeOf((await flow.send({ frame: changed, payload: old }))['frame']), [64, 48]);
  });

  it('is not the drawing that annotate made of the frame', async () => {
    const flow = await startFlow(
      [runtimeNode, detectNode, annotateNode],
      [
        RUNTIME,
        { ...DETECT, wires: [['draw']] },
        { id: 'draw', type: 'face-annotate', runtime: 'runtime', wires: [['again']] },
        { ...DETECT, id: 'again' },
      ],
    );
    const { frame, payload } = await flow.send({ payload: old });
    assert.ok(looksEncoded(payload));
    assert.equal((frame as Frame).source, '');
    assert.equal(holdsNewPicture({ frame, payload }), false);
    const { frame: next } = await flow.send({ frame, payload: fresh }, 'again');
    assert.deepEqual(sizeOf(next), await sizeOfPhoto(fresh));
  });

  it('is what preprocess looks at, without the faces of the old one', async () => {
    const steps = [{ id: 'gamma', enabled: true }];
    const flow = await startFlow(
      [runtimeNode, detectNode, preprocessNode],
      [
        RUNTIME,
        { ...DETECT, wires: [['out']] },
        { id: 'steps', type: 'face-preprocess', runtime: 'runtime', target: 'frame', steps },
      ],
    );
    const seen = await flow.send({ payload: old });
    const done = await flow.send({ ...seen, payload: fresh }, 'steps');
    assert.deepEqual(sizeOf(done['frame']), await sizeOfPhoto(fresh));
    assert.ok(!('faces' in done || 'detection' in done));
    // What was preprocessed is the frame of the same picture.
    const { frame } = await flow.send({ ...done }, 'first');
    assert.equal((frame as Frame).timestamp, (done['frame'] as Frame).timestamp);
  });
});

describe('an encoded picture', () => {
  it('is known by how it begins, in every format', async () => {
    const image = sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } });
    for (const format of ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const) {
      const bytes = await image.clone().toFormat(format).toBuffer();
      assert.ok(looksEncoded(bytes), format);
      assert.ok(looksEncoded(bytes.toString('base64')), format);
      assert.ok(looksEncoded(`\n data:image/${format};base64,${bytes.toString('base64')}`), format);
    }
    for (const other of [
      '',
      'left',
      'data:text/plain;base64,aGVsbG8=',
      Buffer.alloc(40),
      {},
      null,
      'x'.repeat(1e6),
    ])
      assert.ok(!looksEncoded(other));
  });

  it('that a source has put beside its frame belongs to it; of one without any, every picture is new', () => {
    const frame = createFrame(2, 2);
    const picture = Buffer.from('\xff\xd8\xff\xe0 one', 'latin1');
    const other = Buffer.from('\xff\xd8\xff\xe0 two', 'latin1');
    const verdict = (shown: unknown, payload: unknown): boolean =>
      holdsNewPicture({ frame: structuredClone(shownBy(frame, shown)), payload });
    assert.deepEqual(
      [verdict(picture, picture), verdict(picture, other), verdict('snapshot', other)],
      [false, true, true],
    );
    assert.equal(toFrame({ ...frame, picture: 7 }).picture, undefined);
  });
});
