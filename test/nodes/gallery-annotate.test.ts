import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Face } from '../../lib/core/face';
import { createFrame, type Frame } from '../../lib/image/frame';
import { openGallery } from '../../lib/gallery/open-gallery';
import { toDocument } from '../../lib/gallery/person-document';
import annotateNode from '../../nodes/annotate/annotate';
import embedNode from '../../nodes/arcface-embed/arcface-embed';
import runtimeNode from '../../nodes/arcflow-runtime/arcflow-runtime';
import storeNode from '../../nodes/arcflow-store/arcflow-store';
import galleryNode from '../../nodes/face-gallery/face-gallery';
import detectNode from '../../nodes/mtcnn-detect/mtcnn-detect';
import type { StoreNode } from '../../nodes/shared/store';
import { direction, numbers, sampleOf } from '../lib/gallery/support';
import { RUNTIME, startFlow, startServer, stopFlow, stopServer } from '../support/flow';
import { samplePhoto } from '../support/images';

const MODULES = [runtimeNode, storeNode, detectNode, embedNode, galleryNode, annotateNode];
type Message = Record<string, unknown>;

/** The woman in the middle of the third photograph, who is in the first one too. */
const portrait = (): Promise<Buffer> =>
  sharp(samplePhoto(3))
    .extract({ left: 970, top: 110, width: 400, height: 480 })
    .jpeg({ quality: 95 })
    .toBuffer();

describe('nodes: face-gallery and annotate', () => {
  let directory: string;
  let flow: Awaited<ReturnType<typeof startFlow>>;
  const facesOf = (message: Message): Face[] => message['faces'] as Face[];

  before(startServer);
  after(stopServer);
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'arcflow-'));
    flow = await start();
  });
  afterEach(async () => {
    await stopFlow();
    await rm(directory, { recursive: true, force: true });
  });

  function start(gallery: object = {}, annotate: object = {}) {
    return startFlow(MODULES, [
      RUNTIME,
      { id: 'store', type: 'arcflow-store', directory },
      { id: 'first', type: 'mtcnn-detect', runtime: 'runtime', wires: [['embed']] },
      { id: 'embed', type: 'arcface-embed', runtime: 'runtime', wires: [['gallery']] },
      { id: 'gallery', type: 'face-gallery', store: 'store', runtime: 'runtime', ...gallery },
      { id: 'other', type: 'face-gallery', store: 'store' },
      { id: 'annotate', type: 'face-annotate', runtime: 'runtime', ...annotate },
    ]);
  }
  const enrol = async (person: string) =>
    flow.send({ operation: 'enrol', person, payload: await portrait() });
  const ask = (operation: string, message: Message = {}) => flow.send({ operation, ...message }, 'gallery');

  it('enrols a person and knows her in another photograph, and nobody else', async () => {
    const { payload } = await enrol('Anna');
    assert.deepEqual(payload, {
      person: 'Anna',
      sample: (payload as Message)['sample'],
      samples: 1,
      duplicate: false,
    });
    const matches = facesOf(await flow.send({ payload: samplePhoto(1) })).map((face) => face.match!);
    assert.deepEqual(
      matches.filter(({ known }) => known).map(({ person }) => person),
      ['Anna'],
    );
    for (const match of matches) {
      assert.equal(match.known, match.similarity >= match.threshold);
      assert.equal(match.candidates[0]!.person, 'Anna');
      assert.equal(match.person, match.known ? 'Anna' : null);
    }
  });

  it('shows a change to every gallery node of the store at once', async () => {
    await enrol('Anna');
    assert.equal(
      ((await flow.send({ operation: 'list' }, 'other')).payload as Message[])[0]!['person'],
      'Anna',
    );
    await ask('rename', { person: 'Anna', newName: '安娜' });
    assert.equal(
      ((await flow.send({ operation: 'list' }, 'other')).payload as Message[])[0]!['person'],
      '安娜',
    );
  });

  it('keeps people over a restart', async () => {
    await enrol('Anna');
    await stopFlow();
    flow = await start();
    const [person] = (await ask('list')).payload as Message[];
    assert.deepEqual(
      [person!['person'], person!['samples'], person!['models']],
      ['Anna', 1, ['arcface-mobilefacenet-512']],
    );
  });

  it('raises the threshold with the gallery, unless it is told not to', async () => {
    const restart = async (gallery: object): Promise<void> => {
      await stopFlow();
      flow = await start(gallery);
    };
    const leastFor = async (payload: Buffer): Promise<number> =>
      facesOf(await flow.send({ payload }))[0]!.match!.threshold;
    await enrol('Anna');
    assert.equal(await leastFor(await portrait()), 0.34, 'one sample asks for less than the model’s own');
    const random = numbers(1);
    const samples = Array.from({ length: 100 }, () =>
      sampleOf(direction(random, 512), { model: 'arcface-mobilefacenet-512' }),
    );
    await ask('import', { payload: toDocument('Many', samples) });
    const raised = await leastFor(await portrait());
    assert.ok(raised > 0.4 && raised < 0.42, `${raised}`);
    assert.equal(
      (
        (await ask('verify', { person: 'Anna', ...(await flow.send({ payload: await portrait() })) }))
          .payload as Message
      )['threshold'],
      0.34,
      'one comparison',
    );
    await restart({ raiseThreshold: false });
    assert.equal(await leastFor(await portrait()), 0.34);
    await restart({ threshold: '0.2' });
    assert.equal(await leastFor(await portrait()), 0.2, 'a number of one’s own stays');
  });

  it('verifies one to one', async () => {
    await enrol('Anna');
    const verify = async (payload: Buffer) =>
      (await flow.send({ operation: 'verify', person: 'Anna', payload })).payload as Message;
    const same = await verify(
      await sharp(await portrait())
        .flop()
        .toBuffer(),
    );
    const different = await verify(samplePhoto(5));
    assert.equal(same['same'], true);
    assert.equal(different['same'], false);
    await assert.rejects(
      flow.send({ operation: 'verify', person: 'Bert', payload: await portrait() }),
      /Nobody called "Bert" is in the gallery/,
    );
  });

  it('exports all that it keeps of a person, and takes it back', async () => {
    await enrol('Anna');
    const { payload } = await ask('export', { person: 'Anna' });
    const { person, samples } = payload as { person: string; samples: Record<string, unknown>[] };
    assert.equal(person, 'Anna');
    assert.deepEqual(Object.keys(samples[0]!).sort(), ['embedding', 'model', 'source', 'thumbnail', 'time']);
    await ask('remove', { person: 'Anna' });
    for (const [document, added] of [
      [JSON.stringify(payload), 1],
      [payload, 0],
    ] as const) {
      const back = (await ask('import', { payload: document })).payload;
      assert.deepEqual(back, { person: 'Anna', added, samples: 1 });
    }
    const matches = facesOf(await flow.send({ payload: samplePhoto(1) })).map((face) => face.match!);
    assert.ok(matches.some((match) => match.person === 'Anna'));
    await assert.rejects(ask('export', { person: 'Bert' }), /Nobody called "Bert" is in the gallery/);
    await assert.rejects(
      ask('import', { payload: '{' }),
      /Expected the JSON of an exported person for msg\.payload/,
    );
    await assert.rejects(ask('import', { payload: {} }), /Expected a document of format arcflow-person/);
  });

  it('erases a person', async () => {
    await enrol('Anna');
    await ask('remove', { person: 'Anna' });
    assert.deepEqual((await ask('list')).payload, []);
    const matches = facesOf(await flow.send({ payload: samplePhoto(1) })).map((face) => face.match!);
    assert.ok(matches.every(({ known, candidates }) => !known && candidates.length === 0));
  });

  it('asks before a face gets a second name, so that a former name does not come back', async () => {
    await enrol('Anna');
    await ask('rename', { person: 'Anna', newName: 'Anne' });
    await assert.rejects(enrol('Anna'), (error: unknown) => {
      assert.match(String(error), /Not enrolled as "Anna": this looks like "Anne", 1\.00; set msg\.confirm/);
      return true;
    });
    const people = async () => ((await ask('list')).payload as Message[]).map(({ person }) => person);
    assert.deepEqual(await people(), ['Anne']);
    await flow.send({ operation: 'enrol', person: 'Twin', confirm: true, payload: await portrait() });
    assert.deepEqual(await people(), ['Anne', 'Twin']);
  });

  it('says that its store is damaged at every use, and saves what can be read', async () => {
    await enrol('Anna');
    await ask('import', { payload: toDocument('Bert', [sampleOf(direction(numbers(3), 512))]) });
    await stopFlow();
    const path = join(directory, 'gallery.sqlite');
    const bytes = await readFile(path);
    bytes.write('Bart', bytes.indexOf('Bert'));
    await writeFile(path, bytes);
    flow = await start();
    for (const operation of ['list', 'export', 'remove'])
      await assert.rejects(
        ask(operation, { person: 'Anna' }),
        /is damaged: person \d+ does not match its checksum/,
      );
    const { payload } = await ask('export', { salvage: true });
    const { people, damaged } = payload as { people: Message[]; damaged: string[] };
    assert.deepEqual(
      people.map(({ person }) => person),
      ['Anna'],
    );
    assert.ok(damaged.some((sentence) => /person \d+ does not match its checksum/.test(sentence)));
    assert.deepEqual(await readFile(path), bytes);
  });

  it('closes a store whose opening is still under way', async () => {
    const opening = (flow.node('store') as unknown as StoreNode).gallery();
    await stopFlow();
    const left = await opening;
    const handle = await openGallery(directory);
    assert.notEqual(handle.gallery, left);
    await assert.rejects(left.list(), { code: 'ENGINE_CLOSED' });
    await handle.close();
    flow = await start();
  });

  it('refuses to enrol with the reason, and goes on', async () => {
    const small = await sharp(await portrait())
      .resize(60)
      .toBuffer();
    const blurred = await sharp(await portrait())
      .blur(8)
      .toBuffer();
    const refused: [Buffer | Frame, RegExp][] = [
      [createFrame(64, 64), /Not enrolled: the picture shows no face/],
      [samplePhoto(1), /Not enrolled: the picture shows 3 faces/],
      [small, /Not enrolled: the face is \d+ pixels small, below 40/],
      [blurred, /Not enrolled: the face is blurred, with a sharpness of 0\.\d+, below 0\.45/],
    ];
    for (const [payload, reason] of refused)
      await assert.rejects(flow.send({ operation: 'enrol', person: 'X', payload }), reason);
    await assert.rejects(
      flow.send({ operation: 'enrol', payload: await portrait() }),
      /Expected a non-empty string for msg\.person/,
    );
    assert.equal(((await enrol('Anna')).payload as Message)['samples'], 1);
  });

  it('refuses an unknown operation and missing embeddings by name', async () => {
    await assert.rejects(
      ask('forget'),
      /Expected one of match, enrol, verify, remove, rename, list, export, import for msg\.operation but received "forget"/,
    );
    const { faces } = await flow.send({ payload: samplePhoto(1) });
    const bare = (faces as Face[]).map(({ box, confidence, landmarks, quality }) => ({
      box,
      confidence,
      landmarks,
      quality,
    }));
    await assert.rejects(ask('match', { faces: bare }), /wire arcface-embed before/);
  });

  it('refuses faces that another node broke, by name, and goes on', async () => {
    await enrol('Anna');
    const message = await flow.send({ payload: await portrait() });
    const [face] = facesOf(message);
    const change = (changed: object): object => ({ faces: [face, { ...face, ...changed }] });
    const unit = new Float32Array(192).fill(Math.sqrt(1 / 192));
    const broken: [string, object, RegExp][] = [
      [
        'enrol',
        { faces: [{ ...face, quality: {} }] },
        /number for msg\.faces\[0\]\.quality\.size but received undefined/,
      ],
      [
        'verify',
        { faces: [{ ...face, quality: {} }] },
        /number for msg\.faces\[0\]\.quality\.size but received undefined/,
      ],
      [
        'match',
        change({ embedding: new Float32Array(512) }),
        /a vector of length 1 for msg\.faces\[1\]\.embedding but received 0/,
      ],
      ['match', change({ embedding: unit }), /Expected 512 values .* but received 192/],
      [
        'match',
        change({ embeddingModel: undefined }),
        /Expected a non-empty string for msg\.faces\[1\]\.embeddingModel but received undefined/,
      ],
    ];
    for (const [operation, changed, expected] of broken)
      await assert.rejects(ask(operation, { ...message, person: 'Anna', ...changed }), expected);
    const { faces } = await ask('match', { faces: [face] });
    assert.equal((faces as Face[])[0]!.match!.person, 'Anna');
  });

  it('never compares embeddings of two models', async () => {
    await enrol('Anna');
    const [face] = facesOf(await flow.send({ payload: await portrait() }));
    const foreign = { ...face, embeddingModel: 'arcface-mobilefacenet-192' };
    const { faces } = await ask('match', { faces: [foreign, face] });
    const [other, same] = (faces as Face[]).map(({ match }) => match!);
    assert.deepEqual([other!.known, other!.candidates], [false, []]);
    assert.equal(same!.person, 'Anna');
    await assert.rejects(
      ask('verify', { person: 'Anna', faces: [foreign] }),
      /"Anna" has no sample that was embedded with model "arcface-mobilefacenet-192"/,
    );
  });

  it('leaves pixels and embeddings out when asked to', async () => {
    await stopFlow();
    flow = await start({ dropPixels: true, dropEmbeddings: true });
    const message = await flow.send({ payload: samplePhoto(1), keep: 1 });
    assert.equal(message['frame'], undefined);
    assert.ok(
      facesOf(message).length === 3 && facesOf(message).every((face) => !face.embedding && face.match),
    );
    assert.ok(JSON.stringify(message['faces']).length < 4000);
    assert.equal(message['keep'], 1);
  });

  it('stays whole when a message is wired to several nodes', async () => {
    await stopFlow();
    flow = await startFlow(MODULES, [
      RUNTIME,
      { id: 'store', type: 'arcflow-store', directory },
      { id: 'first', type: 'mtcnn-detect', runtime: 'runtime', wires: [['embed', 'fork']] },
      { id: 'embed', type: 'arcface-embed', runtime: 'runtime', wires: [['out']] },
      { id: 'fork', type: 'face-annotate', runtime: 'runtime', wires: [['forked']] },
      { id: 'forked', type: 'helper' },
    ]);
    const forked = new Promise<Message>((resolve) =>
      flow.node('forked').on('input', (message: Message) => resolve(message)),
    );
    const [embedded, annotated] = await Promise.all([flow.send({ payload: samplePhoto(1) }), forked]);
    assert.ok(facesOf(embedded).every((face) => face.embedding instanceof Float32Array));
    assert.ok(facesOf(annotated).every((face) => !face.embedding));
    const [one, two] = [embedded['frame'] as Frame, annotated['frame'] as Frame];
    assert.deepEqual(Buffer.compare(Buffer.from(one.data), Buffer.from(two.data)), 0);
    // Node-RED has cloned the message, but no pixel: a copy takes it seconds.
    assert.notEqual(one, two);
    assert.equal(one.data.buffer, two.data.buffer);
  });

  it('draws names on a copy and encodes it', async () => {
    await enrol('安娜');
    const message = await flow.send({ payload: samplePhoto(1) });
    const frame = message['frame'] as Frame;
    const before = Buffer.from(frame.data);
    const drawn = await flow.send({ ...message, payload: undefined }, 'annotate');
    assert.equal(Buffer.compare(before, Buffer.from((drawn['frame'] as Frame).data)), 0);
    const { data, info } = await sharp(drawn.payload as Buffer)
      .raw()
      .toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.format, info.width, info.height], ['raw', frame.width, frame.height]);
    const { box } = facesOf(message).find((face) => face.match!.known)!;
    const at = (Math.round(box.y + box.height / 2) * frame.width + Math.round(box.x)) * 3;
    assert.ok(data[at + 1]! > data[at]! + 60, 'the box of a known face is green');
  });
});
