/** The preview of face-preprocess: who may ask for it, how much, and that it never holds up a flow. */
import assert from 'node:assert/strict';
import sharp from 'sharp';
import { createFrame } from '../../lib/image/frame';
import { MOST_STEPS } from '../../lib/preprocess/steps';
import { Preview } from '../../nodes/preprocess/preview';
import { ask, logInAll, WITH_USERS, type Answer, type Headers } from '../support/admin-users';
import { ensureBuilt } from '../support/built';
import { samplePhoto } from '../support/images';
import { startNodeRed, type NodeRed } from '../support/node-red';

/** Building, and starting Node-RED, on a small busy machine. */
const START_MS = 600_000;
const SLOW = { id: 'non-local-means', patchRadius: 4, searchRadius: 10 };
const brighter = { steps: [{ id: 'brightness', offset: 40 }], target: 'frame' };
const steps = (count: number, step: object = { id: 'flip' }): object[] =>
  Array.from({ length: count }, () => step);

describe('preview of face-preprocess', function () {
  this.timeout(START_MS);
  const preview = new Preview();
  afterEach(() => preview.close());

  it('answers with the picture before and after', async () => {
    const frame = createFrame(64, 48);
    const answer = (await preview.answer(brighter, frame))!;
    for (const [picture, level] of [
      [answer.before, 0],
      [answer.after, 40],
    ] as const) {
      const jpeg = Buffer.from(picture.slice(picture.indexOf(',') + 1), 'base64');
      const { channels } = await sharp(jpeg).stats();
      assert.ok(Math.abs(channels[0]!.mean - level) <= 1, `${channels[0]!.mean} ≠ ${level}`);
    }
  });

  it('works on one question, keeps the newest one waiting, and says so to those between', async () => {
    const frame = createFrame(320, 240);
    const slow = preview.answer({ steps: steps(2, SLOW), target: 'frame' }, frame);
    const overtaken = [brighter, brighter, brighter].map((question) => preview.answer(question, frame));
    const newest = preview.answer({ steps: [{ id: 'flip' }], target: 'frame' }, frame);
    assert.deepEqual(await Promise.all(overtaken), [undefined, undefined, undefined]);
    assert.equal((await slow)!.report.length, 2);
    assert.equal((await newest)!.report.length, 1);
  });

  it('answers what runs and refuses what waits when it is closed, and answers again afterwards', async () => {
    const frame = createFrame(320, 240);
    const running = preview.answer({ steps: steps(2, SLOW), target: 'frame' }, frame);
    const refused = assert.rejects(preview.answer(brighter, frame), { code: 'ENGINE_CLOSED' });
    await preview.close();
    await refused;
    assert.ok(await running);
    assert.ok(await preview.answer(brighter, frame));
  });

  for (const [what, question, message] of [
    ['too many steps', { steps: steps(400), target: 'frame' }, /^Expected at most 32 steps for steps but/],
    [
      'a picture of many megabytes',
      { ...brighter, image: 'x'.repeat(5_000_000) },
      'Expected at most 4000000 characters for the length of image but received 5000000',
    ],
    ['a picture that is no text', { ...brighter, image: { data: [1] } }, /^Expected a data URL for image/],
    ['no question', undefined, /^Expected a list of preprocessing steps for steps/],
    ['an unknown target', { steps: [], target: 'all' }, /^Expected one of frame, faces for target/],
  ] as const) {
    it(`refuses ${what}`, () =>
      assert.rejects(preview.answer(question, undefined), { code: 'INVALID_ARGUMENT', message }));
  }
});

describe('preview of face-preprocess, in Node-RED with users', function () {
  this.timeout(START_MS);
  let nodeRed: NodeRed;
  let as: Headers;

  const place = { z: 'tab', x: 1, y: 1 };
  const FLOW = [
    { id: 'tab', type: 'tab' },
    { id: 'runtime', type: 'arcflow-runtime', provider: 'cpu', threads: '1' },
    { ...place, id: 'in', type: 'http in', url: '/picture', method: 'post', wires: [['bytes']] },
    {
      ...place,
      id: 'bytes',
      type: 'function',
      func: 'msg.payload = Buffer.from(msg.payload.picture, "base64"); return msg;',
      wires: [['preprocess']],
    },
    {
      ...place,
      id: 'preprocess',
      type: 'face-preprocess',
      runtime: 'runtime',
      target: 'frame',
      steps: [{ id: 'flip' }],
      wires: [['done']],
    },
    {
      ...place,
      id: 'done',
      type: 'function',
      func: 'msg.payload = { width: msg.frame.width }; return msg;',
      wires: [['out']],
    },
    { ...place, id: 'out', type: 'http response', wires: [] },
  ];

  before(async () => {
    ensureBuilt();
    nodeRed = await startNodeRed(FLOW, {}, { settings: WITH_USERS });
    as = await logInAll(nodeRed);
    const picture = (await sharp(samplePhoto(2)).resize(320).jpeg().toBuffer()).toString('base64');
    assert.deepEqual(await sendPicture(picture), { width: 320 });
  });
  after(() => (nodeRed as NodeRed | undefined)?.stop());

  async function sendPicture(picture: string): Promise<unknown> {
    const response = await fetch(`${nodeRed.url}/picture`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ picture }),
    });
    return response.json();
  }

  const preview = (headers: Record<string, string>, question: object = brighter): Promise<Answer> =>
    ask(nodeRed, 'POST', '/arcflow/preprocess/preview', headers, { node: 'preprocess', ...question });

  it('shows the last frame to who may write', async () => {
    const { status, body } = await preview(as('writes'));
    assert.equal(status, 200);
    const { before } = body as { before: string };
    const { width } = await sharp(Buffer.from(before.slice(before.indexOf(',') + 1), 'base64')).metadata();
    assert.equal(width, 320);
  });

  it('shows nothing to who may only read, nor to a stranger', async () => {
    for (const user of ['reads', 'nobody']) {
      const { status, body } = await preview(as(user));
      assert.equal(status, 401, user);
      assert.doesNotMatch(JSON.stringify(body), /image/);
    }
    // What the dialog is made of may be read.
    assert.equal((await ask(nodeRed, 'GET', '/arcflow/preprocess/operations', as('reads'))).status, 200);
    assert.equal((await ask(nodeRed, 'GET', '/arcflow/preprocess/operations', as('nobody'))).status, 401);
  });

  it('answers the pages of this Node-RED only', async () => {
    for (const [site, expected] of [
      ['same-origin', 200],
      ['none', 200],
      ['same-site', 403],
      ['cross-site', 403],
      ['anything', 403],
    ] as const) {
      const { status, body } = await preview(as('writes', site));
      assert.equal(status, expected, site);
      if (expected === 403)
        assert.match((body as { message: string }).message, /Only pages of this Node-RED/);
    }
  });

  it('says what is wrong with a question', async () => {
    const { status, body } = await preview(as('writes'), { steps: steps(MOST_STEPS + 1), target: 'frame' });
    assert.equal(status, 400);
    assert.match((body as { message: string }).message, /^Expected at most 32 steps for steps/);
  });

  it('refuses a question that a newer one overtook, and holds up no flow meanwhile', async () => {
    let isAnswered = false;
    const slow = preview(as('writes'), { steps: steps(10, SLOW), target: 'frame' }).finally(
      () => (isAnswered = true),
    );
    // The slow question is worked on once another one waits without an answer.
    const second = preview(as('writes'));
    const third = preview(as('writes'));
    const overtaken = await Promise.race([second, third]);
    assert.equal(overtaken.status, 409);
    assert.match((overtaken.body as { message: string }).message, /newer question/);
    const picture = (await sharp(samplePhoto(2)).resize(160).jpeg().toBuffer()).toString('base64');
    assert.deepEqual(await sendPicture(picture), { width: 160 });
    assert.equal(isAnswered, false, 'the flow has waited for the preview');
    assert.deepEqual(
      (await Promise.all([slow, second, third])).map(({ status }) => status).sort(),
      [200, 200, 409],
    );
  });
});
