/** The command end to end: small sets in the published layouts, made of the faces in the sample photographs. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Engine } from '../../../lib/engine/engine';
import { CHANNELS, createFrame, type Frame } from '../../../lib/image/frame';
import type { Box } from '../../../lib/core/box';
import {
  DEFAULT_EMBED_MODEL,
  embedModels,
  findEmbedModel,
  readManifest,
  requireModel,
} from '../../../lib/models/manifest';
import { toDetectOptions } from '../../../lib/detect/mtcnn/options';
import { evaluate, EXIT_FAILED, EXIT_OK, EXIT_USAGE } from '../../../scripts/evaluate/command';
import { PROTOCOLS } from '../../../scripts/evaluate/protocols/index';
import { samplePhoto } from '../../support/images';

/** People in the sets. */
const PEOPLE = 5;
/** Longest side of the photograph in the detection sets, pixels. */
const PHOTO_SIDE = 800;
/** The second image of each person is the first in less light. */
const LESS_LIGHT = 0.6;

describe('evaluate', () => {
  let folder: string;
  let boxes: Box[];
  let crops: Uint8Array[];

  const write = async (path: string, content: string | Uint8Array) => {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    return file;
  };

  /** Runs the command; stdout is parsed where it is JSON. */
  const run = async (...args: string[]) => {
    let out = '';
    let error = '';
    const code = await evaluate([...args, '--workers', '1', '--cache', join(folder, 'cache')], PROTOCOLS, {
      out: { write: (text) => (out += text) },
      error: { write: (text) => (error += text) },
    });
    return { code, out, error };
  };
  const runJson = async (...args: string[]) => {
    const { code, out, error } = await run(...args, '--json');
    assert.equal(code, EXIT_OK, error);
    assert.equal(out.trim().split('\n').length, 1);
    return JSON.parse(out) as Record<string, unknown>;
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'arcflow-evaluate-'));
    const engine = new Engine({ provider: 'cpu', threads: 1 });
    const jpeg = (frame: Frame, maxSide?: number) =>
      engine.call('encode', frame, {
        format: 'jpeg',
        quality: 92,
        ...(maxSide !== undefined && { maxSide }),
      });
    try {
      const photo = await engine.call('decode', new Uint8Array(samplePhoto(5)), {});
      const smaller = await jpeg(photo, PHOTO_SIDE);
      await write('photos/group.jpg', smaller);
      const { frame, faces } = await engine.call('detect', smaller, {}, toDetectOptions());
      assert.equal(faces.length, PEOPLE);
      boxes = faces.map(({ box }) => box);
      const model = findEmbedModel(embedModels(readManifest()), DEFAULT_EMBED_MODEL);
      const aligned = await engine.call(
        'embed',
        frame,
        faces.map(({ landmarks }) => landmarks),
        { model, flip: false, crops: true },
      );
      crops = await Promise.all(
        aligned.flatMap(({ crop }) => [crop!, dimmed(crop!, LESS_LIGHT)]).map((crop) => jpeg(crop)),
      );
      for (const [index, box] of boxes.entries()) {
        const name = `person_${index}`;
        const patch = cut(frame, box);
        await write(`people/${name}/${name}_0001.jpg`, await jpeg(patch));
        await write(`people/${name}/${name}_0002.jpg`, await jpeg(dimmed(patch, LESS_LIGHT)));
      }
      await write('people/nobody/nobody_0001.jpg', await jpeg(createFrame(120, 120)));
      await write('people/broken/broken_0001.jpg', 'no image');
    } finally {
      await engine.close();
    }
  });
  after(() => rm(folder, { recursive: true }));

  it('measures pairs in LFW’s layout, lists what has no face or cannot be read, and resumes from its cache', async () => {
    const matched = Array.from({ length: 4 }, (_, index) => `person_${index}\t1\t2`);
    const mismatched = [
      'person_0\t1\tperson_1\t2',
      'person_0\t2\tnobody\t1',
      'person_2\t1\tperson_3\t1',
      'person_1\t1\tbroken\t1',
    ];
    const pairs = await write('pairs.txt', ['2\t2', ...interleave(matched, mismatched)].join('\n'));
    const args = ['lfw', '--images', join(folder, 'people'), '--pairs', pairs];

    const result = await runJson(...args);
    assert.equal(result['accuracy'], 1);
    assert.equal(result['std'], 0);
    assert.equal(result['crossValidated'], true);
    assert.equal(result['pairs'], 7);
    assert.equal(result['skippedPairs'], 1);
    assert.equal(result['images'], 10);
    assert.equal(result['undetected'], 1);
    assert.deepEqual(result['undetectedImages'], ['nobody/nobody_0001.jpg']);
    const [unreadable] = result['unreadable'] as { image: string; reason: string }[];
    assert.equal(unreadable?.image, 'broken/broken_0001.jpg');
    assert.match(unreadable.reason, /^The image cannot be read: /);
    assert.deepEqual(result['tar'], { '1e-2': 1, '1e-3': 1 });
    const threshold = result['threshold'] as number;
    assert.ok(threshold > 0 && threshold < 1);

    const cached = await readdir(join(folder, 'cache'));
    assert.ok(
      cached.some((name) => name.startsWith('embeddings-')) &&
        cached.some((name) => name.startsWith('faces-')),
    );
    const sizes = await Promise.all(
      cached.map(async (name) => (await readFile(join(folder, 'cache', name))).length),
    );
    const { seconds: first, ...before } = result;
    const { seconds: second, ...again } = await runJson(...args);
    assert.deepEqual(again, before);
    assert.ok(typeof first === 'number' && typeof second === 'number');
    const sizesNow = await Promise.all(
      cached.map(async (name) => (await readFile(join(folder, 'cache', name))).length),
    );
    assert.deepEqual(sizesNow, sizes, 'nothing was computed again');
  });

  it('measures what preprocessing brings, and steps of one’s own', async () => {
    const pairs = await write('preprocess.txt', '1\t1\nperson_0\t1\t2\nperson_0\t1\tperson_1\t2');
    const args = ['preprocess', '--images', join(folder, 'people'), '--pairs', pairs, '--only'];
    const whole = { accuracy: 1, facesFound: 1 };
    const pale = await runJson(...args, 'lowContrast');
    const [{ none, ...helped }] = pale['degradations'] as [Record<string, unknown>];
    assert.deepEqual(helped, { name: 'lowContrast', step: whole, auto: whole });
    assert.ok((none as typeof whole).facesFound < 1);
    // What leaves nothing of the picture leaves no face.
    const steps = '[{ "id": "crop", "width": 1, "height": 1 }]';
    const clean = await runJson(...args, 'clean', '--steps', steps);
    assert.deepEqual(clean['clean'], { none: whole, auto: whole, own: { accuracy: 0.5, facesFound: 0 } });
    assert.equal((clean['ownSteps'] as { id: string }[])[0]!.id, 'crop');
    const { error } = await run(...args, 'clean', '--steps', '[{ "id": "polish" }]');
    assert.match(error, /Expected one of auto, .* for --steps\[0\]\.id but received "polish"/);
    assert.match(
      (await run(...args, 'clean', '--steps', 'polish')).error,
      /Expected a JSON list for --steps/,
    );
  });

  it('prints a table for people and writes a report that needs nothing else', async () => {
    const csv = await write(
      'pairs.csv',
      'file_x,file_y,same\nperson_0/person_0_0001.jpg,person_0/person_0_0002.jpg,yes\nperson_0/person_0_0001.jpg,person_1/person_1_0001.jpg,no\n',
    );
    const { code, out, error } = await run(
      'pairs',
      '--pairs',
      csv,
      '--images',
      join(folder, 'people'),
      '--out',
      join(folder, 'report'),
    );
    assert.equal(code, EXIT_OK, error);
    assert.match(out, /^Pairs of .*\n {2}Accuracy +100\.00 %\n/);
    assert.match(error, /The report is in .*pairs\.html/);
    const page = await readFile(join(folder, 'report', 'pairs.html'), 'utf8');
    assert.match(page, /<svg/);
    assert.doesNotMatch(page, /<script|http:/);
  });

  it('names everybody in an open set, turns strangers away, and ranks among distractors', async () => {
    const rows = ['role,person,path'];
    for (const index of [0, 1, 2]) {
      rows.push(`enrol,person_${index},person_${index}/person_${index}_0001.jpg`);
      rows.push(`probe,person_${index},person_${index}/person_${index}_0002.jpg`);
    }
    rows.push('unknown,person_3,person_3/person_3_0001.jpg', 'unknown,nobody,nobody/nobody_0001.jpg');
    const list = await write('identification.csv', rows.join('\n'));
    const result = await runJson(
      'identification',
      '--list',
      list,
      '--images',
      join(folder, 'people'),
      '--distractors',
      join(folder, 'people'),
      '--out',
      join(folder, 'report'),
    );
    assert.equal(result['rank1'], 1);
    assert.deepEqual(result['tpir'], { '1e-2': 1, '5e-2': 1 });
    const atDefault = result['atDefaultThreshold'] as Record<string, number>;
    assert.equal(atDefault['tpir'], 1);
    // Few samples ask for no more than the default.
    assert.deepEqual(result['atRaisedThreshold'], atDefault);
    assert.equal(result['people'], 3);
    assert.equal(result['probes'], 3);
    assert.equal(result['strangers'], 2);
    // Of twelve images, those of the four in the list, the black and the broken one are no distractors.
    assert.equal(result['distractorImages'], 2);
    assert.equal(result['distractorsLeftOut'], 10);
    assert.deepEqual(result['distractors'], [{ distractors: 2, rank1: 1 }]);
    const page = await readFile(join(folder, 'report', 'identification.html'), 'utf8');
    assert.equal(page.match(/<svg/g)?.length, 3);
    // The only strangers: one who is like somebody, and one without a face.
    assert.match(page, /a stranger/);

    const smaller = await runJson(
      'identification',
      '--list',
      list,
      '--images',
      join(folder, 'people'),
      '--people',
      '2',
    );
    assert.deepEqual([smaller['people'], smaller['probes'], smaller['strangers']], [2, 2, 3]);
  });

  it('compares everybody with everybody', async () => {
    const result = await runJson('people', '--people', join(folder, 'people'), '--leave-out', 'broken');
    assert.equal(result['people'], PEOPLE + 1);
    assert.equal(result['genuinePairs'], PEOPLE);
    assert.equal(result['impostorPairs'], (10 * 9) / 2 - PEOPLE);
    assert.equal(result['auc'], 1);
    // 40 impostor pairs say nothing about one false accept in a hundred.
    assert.deepEqual(result['tar'], {});
  });

  it('reads InsightFace’s crops and embeds them as they are', async () => {
    const pairs = [
      ...[0, 1, 2, 3, 4].map((person) => ({
        images: [crops[2 * person]!, crops[2 * person + 1]!],
        same: true,
      })),
      ...[0, 1, 2, 3].map((person) => ({
        images: [crops[2 * person]!, crops[2 * person + 2]!],
        same: false,
      })),
    ];
    // The lists of (images, flags) as Python 3 writes them in protocol 3, without the memo.
    const bytes = pairs
      .flatMap(({ images }) => images)
      .map((image) => [Buffer.from('B'), uint32(image.length), image]);
    const flags = Buffer.from(pairs.map(({ same }) => (same ? 0x88 : 0x89)));
    const parts = [
      Buffer.from('\x80\x03](', 'latin1'),
      ...bytes.flat(),
      Buffer.from('e]('),
      flags,
      Buffer.from('e\x86.', 'latin1'),
    ];
    const file = await write('agedb_30.bin', Buffer.concat(parts));
    const result = await runJson('agedb', '--bin', file);
    assert.equal(result['protocol'], 'agedb_30');
    assert.equal(result['images'], 18);
    assert.equal(result['pairs'], 9);
    assert.equal(result['auc'], 1);
    assert.equal(result['undetected'], 0);
    assert.deepEqual(result['attempts'], {});
  });

  it('says who is seen in which seconds of a clip', async () => {
    await write('references/ada.jpg', crops[0]!);
    await write('references/bob/1.jpg', crops[2]!);
    // Both in the first and third second, nobody in the second.
    const group = await readFile(join(folder, 'photos', 'group.jpg'));
    for (const name of ['0', '1', '4', '5']) await write(`clip/${name}.jpg`, group);
    const black = await readFile(join(folder, 'people', 'nobody', 'nobody_0001.jpg'));
    for (const name of ['2', '3']) await write(`clip/${name}.jpg`, black);
    // Two of the people are alike enough (0.37) to be mistaken at the default threshold.
    const args = [
      '--clip',
      join(folder, 'clip'),
      '--references',
      join(folder, 'references'),
      '--threshold',
      '0.5',
    ];
    const result = await runJson(
      'video',
      ...args,
      '--fps',
      '2',
      '--min-face',
      '40',
      '--out',
      join(folder, 'report'),
    );
    assert.equal(result['frames'], 6);
    assert.equal(result['framesWithFaces'], 4);
    const people = result['people'] as { person: string; seconds: number[]; frames: number; best: number }[];
    assert.deepEqual(
      people.map(({ person, seconds, frames }) => [person, seconds, frames]),
      [
        ['ada', [0, 2], 4],
        ['bob', [0, 2], 4],
      ],
    );
    assert.ok(people.every(({ best }) => best > 0.8));
    assert.deepEqual(result['strangerSeconds'], [0, 2]);
    assert.equal(result['strangerFaces'], 4 * (PEOPLE - 2));
    assert.match(await readFile(join(folder, 'report', 'video.html'), 'utf8'), /second 2: 2 frames/);
  });

  describe('detection', () => {
    const report = () => readFile(join(folder, 'report', 'detection.html'), 'utf8');
    const rounded = ({ x, y, width, height }: Box) => [x, y, width, height].map((value) => Math.round(value));

    it('scores photographs and their agreement with another detector', async () => {
      const [first, second, ...rest] = boxes.map(rounded);
      // The first is to be ignored, the second lies elsewhere in the truth: one miss, one false alarm.
      const elsewhere = [second![0]! + 400, 0, second![2]!, second![3]!];
      const faces = [
        { box: first, ignore: true },
        { box: elsewhere, ignore: false },
        ...rest.map((box) => ({ box, ignore: false })),
      ];
      const truth = await write(
        'photos/truth.json',
        JSON.stringify({ 'group.jpg': { faces }, 'lost.jpg': { faces: [] } }),
      );
      const centre = (box: number[]) => [box[0]! + box[2]! / 2, box[1]! + box[3]! / 2];
      const found = rest.map((box) => ({
        box,
        confidence: 1,
        landmarks: Array.from({ length: 5 }, () => centre(box)),
      }));
      const reference = await write('photos/reference.json', JSON.stringify({ 'group.jpg': found }));
      const result = await runJson(
        'detection',
        '--truth',
        truth,
        '--reference',
        reference,
        '--min-face',
        '40',
        '--out',
        join(folder, 'report'),
      );
      const { recall, precision, ap, ignored, falseAlarms } = result;
      assert.deepEqual(
        { recall, precision, ignored, falseAlarms },
        { recall: 0.75, precision: 0.75, ignored: 1, falseAlarms: 1 },
      );
      assert.ok(Number(ap) > 0.5 && Number(ap) <= 0.75);
      const agreement = result['agreement'] as Record<string, number>;
      assert.equal(agreement['found'], 1);
      assert.equal(agreement['faces'], 3);
      assert.ok(agreement['medianIou']! > 0.97);
      // Eyes, nose and mouth lie a fifth to a third of the width away from the middle.
      assert.ok(agreement['medianLandmarkDistance']! > 0.1 && agreement['medianLandmarkDistance']! < 0.4);
      const [lost] = result['unreadable'] as { image: string; reason: string }[];
      assert.equal(lost?.image, 'lost.jpg');
      assert.match(
        await readFile(join(folder, 'report', 'detection.html'), 'utf8'),
        /missed, \d+ × \d+ pixels/,
      );
    });

    it('looks with another detector, a shipped one and one of an own manifest, and names it', async () => {
      const faces = boxes.map((box) => ({ box: rounded(box), ignore: false }));
      const truth = await write('photos/all.json', JSON.stringify({ 'group.jpg': { faces } }));
      const manifest = await write(
        'own/models.json',
        JSON.stringify({
          version: 1,
          models: [
            {
              id: 'own-faces',
              task: 'detect',
              file: requireModel('ultraface-rfb-320').path,
              input: { width: 320, height: 240, colour: 'RGB', mean: 127, scale: 1 / 128 },
            },
          ],
          detectors: [{ id: 'own', kind: 'ultraface', networks: { faces: 'own-faces' } }],
        }),
      );
      const args = ['detection', '--truth', truth, '--min-face', '40'];
      for (const [id, ...more] of [['ultraface'], ['own', '--manifest', manifest]] as const) {
        const result = await runJson(...args, '--detector', id, '--options', 'score=0.4', ...more);
        const { detector, recall, precision, options } = result;
        assert.deepEqual({ detector, recall, precision }, { detector: id, recall: 1, precision: 1 });
        assert.deepEqual(options, {
          ...{ score: 0.4, overlap: 0.3, confirm: 0.7, maxFaces: 0, minConfidence: 0 },
        });
      }
      const refused: [string[], RegExp][] = [
        [['--detector', 'own'], /No detector own is known for --detector; there are mtcnn, ultraface/],
        [['--detector', 'ultraface', '--thresholds', '0.6,0.7,0.7'], /ultraface has no --thresholds/],
        [['--options', 'score=0.4'], /Expected only .* for options of detector mtcnn but received "score"/],
        [['--options', 'score'], /Expected name=number for --options but received "score"/],
      ];
      for (const [more, expected] of refused) {
        const { code, error } = await run(...args, ...more);
        assert.equal(code, EXIT_USAGE);
        assert.match(error, expected);
      }
    });

    it('scores FDDB’s ellipses', async () => {
      const ellipses = boxes.map(
        ({ x, y, width, height }) =>
          `${height / 2} ${width / 2} ${Math.PI / 2} ${x + width / 2} ${y + height / 2} 1`,
      );
      await write('folds/FDDB-fold-01-ellipseList.txt', ['group', ellipses.length, ...ellipses].join('\n'));
      const args = [
        '--fddb',
        join(folder, 'folds'),
        '--images',
        join(folder, 'photos'),
        '--min-face',
        '40',
        '--thresholds',
        '0.6,0.7,0.7',
        '--out',
        join(folder, 'report'),
      ];
      const result = await runJson('detection', ...args);
      assert.match(await report(), /Discrete score.*No face was missed.*There was no false alarm/s);
      const { discrete, continuous, falseAlarms } = result['highest'] as Record<string, number>;
      assert.equal(discrete, 1);
      // An ellipse fills π/4 of its box.
      assert.ok(Math.abs(continuous! - Math.PI / 4) < 0.01, String(continuous));
      assert.equal(falseAlarms, 0);
      assert.equal((result['discrete'] as Record<string, number>)['2000'], 1);
    });

    it('scores WIDER FACE’s list', async () => {
      const rows = boxes.map((box, index) => `${rounded(box).join(' ')} 0 0 0 ${index === 0 ? 1 : 0} 0 0`);
      const list = await write('wider.txt', ['group.jpg', rows.length, ...rows].join('\n'));
      const result = await runJson(
        'detection',
        '--wider',
        list,
        '--images',
        join(folder, 'photos'),
        '--min-face',
        '40',
        '--out',
        join(folder, 'report'),
      );
      assert.match(await report(), /No face was missed.*false alarm/s);
      assert.equal(result['recall'], 1);
      assert.equal(result['faces'], PEOPLE - 1);
      assert.equal(result['iou'], 0.5);
    });
  });

  describe('called wrongly', () => {
    const usage = async (pattern: RegExp, ...args: string[]) => {
      const { code, out, error } = await run(...args);
      assert.equal(code, EXIT_USAGE);
      assert.equal(out, '');
      assert.match(error, pattern);
      assert.match(error, /Try: npm run --silent evaluate -- .*--help/);
    };

    it('says what is wrong and ends with 2', async () => {
      await usage(/There is no protocol megaface; there are lfw, /, 'megaface');
      await usage(/The option --images is missing/, 'lfw');
      await usage(/Unknown option '--imges'/, 'lfw', '--imges', 'x');
      await usage(
        /No model nobody is known for --model; there are arcface-mobilefacenet-512, /,
        'lfw',
        '--model',
        'nobody',
      );
      await usage(/Expected one of --truth, --fddb and --wider/, 'detection');
      await usage(
        /Expected one of FF, FP for --split but received "FA"/,
        'cfp',
        '--root',
        folder,
        '--split',
        'FA',
      );
      await usage(
        /Expected a number between 12 and 4096 for --min-face but received "3"/,
        'detection',
        '--truth',
        'x',
        '--min-face',
        '3',
      );
      await usage(/Did not expect "images"/, 'lfw', 'images');
    });

    it('prints its usage', async () => {
      let out = '';
      const sink = { out: { write: (text: string) => (out += text) }, error: { write: () => assert.fail() } };
      assert.equal(await evaluate(['--help'], PROTOCOLS, sink), EXIT_OK);
      for (const { name } of PROTOCOLS) assert.match(out, new RegExp(`^ {2}${name} `, 'm'));
      assert.equal(await evaluate(['lfw', '--help'], PROTOCOLS, sink), EXIT_OK);
      assert.match(out, /--pairs FILE/);
    });

    it('names what is missing and ends with 1', async () => {
      const failing = async (pattern: RegExp, ...args: string[]) => {
        const { code, out, error } = await run(...args);
        assert.equal(code, EXIT_FAILED);
        assert.equal(out, '');
        assert.match(error, pattern);
      };
      const images = join(folder, 'people');
      await failing(
        /The folder nowhere \(--images\) cannot be read: it does not exist/,
        'lfw',
        '--images',
        'nowhere',
        '--pairs',
        'x',
      );
      await failing(
        /The file none\.txt \(--pairs\) cannot be read: it does not exist/,
        'lfw',
        '--images',
        images,
        '--pairs',
        'none.txt',
      );
      await failing(
        /The file .*people \(--pairs\) cannot be read: it is a folder/,
        'lfw',
        '--images',
        images,
        '--pairs',
        images,
      );
      await failing(
        /The video file none\.mp4 cannot be read/,
        'video',
        '--clip',
        'none.mp4',
        '--references',
        images,
      );
      await failing(
        /The engine does not start: The execution provider \w+ is not available here/,
        'people',
        '--people',
        images,
        '--no-cache',
        '--provider',
        process.platform === 'darwin' ? 'dml' : 'coreml',
      );
      const pairs = await write('lost.txt', '1\nperson_9\t1\t2\nperson_9\t1\tperson_8\t1');
      await failing(
        /No genuine or no impostor pair is left .*person_9_0001\.jpg: ENOENT/,
        'lfw',
        '--images',
        images,
        '--pairs',
        pairs,
      );
    });
  });
});

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Two and two lines in turn: each fold has two matched and two mismatched pairs. */
function interleave(matched: readonly string[], mismatched: readonly string[]): string[] {
  return [0, 2].flatMap((start) => [
    ...matched.slice(start, start + 2),
    ...mismatched.slice(start, start + 2),
  ]);
}

/** A square around the box, twice its size. */
function cut(frame: Frame, box: Box): Frame {
  const side = Math.round(2 * Math.max(box.width, box.height));
  const left = Math.round(box.x + box.width / 2 - side / 2);
  const top = Math.round(box.y + box.height / 2 - side / 2);
  const patch = createFrame(side, side);
  for (let v = 0; v < side; v++) {
    for (let u = 0; u < side; u++) {
      const x = left + u;
      const y = top + v;
      if (x < 0 || y < 0 || x >= frame.width || y >= frame.height) continue;
      const from = (y * frame.width + x) * CHANNELS;
      patch.data.set(frame.data.subarray(from, from + CHANNELS), (v * side + u) * CHANNELS);
    }
  }
  return patch;
}

function dimmed(frame: Frame, gain: number): Frame {
  return { ...frame, data: frame.data.map((value) => value * gain) };
}
