import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import { readEllipseList } from '../../../../scripts/evaluate/readers/fddb';
import { readMat, type MatValue } from '../../../../scripts/evaluate/readers/mat';
import { isPgm, readPgm } from '../../../../scripts/evaluate/readers/pgm';
import { readPhotos, readReference } from '../../../../scripts/evaluate/readers/photos-json';
import { atLevel, readWiderLevel, readWiderList } from '../../../../scripts/evaluate/readers/wider';

describe('detection truth', () => {
  describe('photos.json', () => {
    it('reads boxes and what to ignore', () => {
      const text = JSON.stringify({
        'photos/a.jpg': {
          width: 9,
          height: 9,
          faces: [{ box: [1, 2, 3, 4], ignore: true }, { box: [5, 6, 7, 8] }],
        },
      });
      assert.deepEqual(readPhotos(text, 'photos.json'), [
        {
          path: 'photos/a.jpg',
          faces: [
            { box: { x: 1, y: 2, width: 3, height: 4 }, ignore: true },
            { box: { x: 5, y: 6, width: 7, height: 8 }, ignore: false },
          ],
        },
      ]);
    });

    it('names the photograph and the field that is wrong', () => {
      assert.throws(() => readPhotos('{"a.jpg": {"faces": [{"box": [1, 2, 3]}]}}', 'p.json'), {
        message: 'Expected 4 numbers for box in faces[0] of a.jpg in p.json but received an array of 3',
      });
      assert.throws(() => readPhotos('[', 'p.json'), { message: 'Expected JSON in p.json' });
    });

    it('reads what another detector found', () => {
      const points = [
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
        [9, 10],
      ];
      const text = JSON.stringify({ 'a.jpg': [{ box: [1, 2, 3, 4], confidence: 0.9, landmarks: points }] });
      const [face] = readReference(text, 'r.json').get('a.jpg')!;
      assert.equal(face!.confidence, 0.9);
      assert.deepEqual(face!.landmarks[4], { x: 9, y: 10 });
    });
  });

  describe('FDDB', () => {
    it('reads ellipses', () => {
      const text = [
        '2002/08/11/big/img_591',
        '1',
        '123.583300 85.549500 1.265839 269.693400 161.781200  1',
        '2002/08/26/big/img_265',
        '0',
        '2002/07/19/big/img_423',
        '2',
        '10 5 -1.5 20 30 1',
        '11 6 0 21 31 1',
        '',
      ].join('\n');
      const entries = readEllipseList(text, 'fold-01');
      assert.deepEqual(
        entries.map(({ path, faces }) => [path, faces.length]),
        [
          ['2002/08/11/big/img_591.jpg', 1],
          ['2002/08/26/big/img_265.jpg', 0],
          ['2002/07/19/big/img_423.jpg', 2],
        ],
      );
      assert.deepEqual(entries[0]!.faces[0], {
        majorRadius: 123.5833,
        minorRadius: 85.5495,
        angle: 1.265839,
        centre: { x: 269.6934, y: 161.7812 },
      });
    });

    it('names the line that is wrong', () => {
      assert.throws(() => readEllipseList('img_1\n1\n10 5 0 20\n', 'fold-01'), {
        message:
          'Expected "major_radius minor_radius angle x y 1" in line 3 of fold-01 but found "10 5 0 20"',
      });
      assert.throws(() => readEllipseList('img_1\n2\n10 5 0 20 30 1\n', 'fold-01'), /Expected 2 ellipses/);
    });
  });

  describe('WIDER FACE', () => {
    const list = [
      '0--Parade/0_Parade_1.jpg',
      '2',
      '10 20 30 40 0 0 0 0 0 0 ',
      '50 20 8 9 2 0 0 1 0 0 ',
      '0--Parade/0_Parade_2.jpg',
      '0',
      '0 0 0 0 0 0 0 0 0 0 ',
      '1--Handshaking/1_Handshaking_3.jpg',
      '3',
      '1 2 3 4 0 0 0 0 0 0 ',
      '5 6 0 8 0 0 0 0 0 0 ',
      '9 9 9 9 0 0 0 0 0 0 ',
    ].join('\n');

    it('reads boxes; invalid ones and those without area are ignored', () => {
      const entries = readWiderList(list, 'gt.txt');
      assert.deepEqual(
        entries.map(({ path, faces }) => [path, faces.map(({ ignore }) => ignore)]),
        [
          ['0--Parade/0_Parade_1.jpg', [false, true]],
          ['0--Parade/0_Parade_2.jpg', []],
          ['1--Handshaking/1_Handshaking_3.jpg', [false, true, false]],
        ],
      );
      assert.deepEqual(entries[0]!.faces[0]!.box, { x: 10, y: 20, width: 30, height: 40 });
    });

    it('reads a list whose images without faces have no line of zeros', () => {
      const text = 'a.jpg\n0\nb.jpg\n1\n1 2 3 4 0 0 0 0 0 0\n';
      assert.deepEqual(
        readWiderList(text, 'gt.txt').map(({ path, faces }) => [path, faces.length]),
        [
          ['a.jpg', 0],
          ['b.jpg', 1],
        ],
      );
    });

    it('names the line that is wrong', () => {
      assert.throws(() => readWiderList('a.jpg\n1\n1 2 3 4\n', 'gt.txt'), {
        message: 'Expected 10 numbers in line 3 of gt.txt but found "1 2 3 4"',
      });
    });

    const parade = ['0_Parade_1', '0_Parade_2'];
    for (const compressed of [false, true]) {
      it(`reads the levels from ${compressed ? 'compressed ' : ''}MAT-files`, () => {
        const file = mat(
          {
            event_list: [text('0--Parade'), text('1--Handshaking')],
            file_list: [cell(parade.map(text)), cell([text('1_Handshaking_3')])],
            gt_list: [cell([numbers([1]), numbers([])]), cell([numbers([1, 3])])],
          },
          compressed,
        );
        const level = readWiderLevel(readMat(file, 'easy.mat'), 'easy.mat');
        const entries = atLevel(readWiderList(list, 'gt.txt'), level);
        assert.deepEqual(
          entries.map(({ faces }) => faces.map(({ ignore }) => ignore)),
          [[false, true], [], [false, true, false]],
        );
      });
    }

    it('refuses what is no MAT-file, and one without the lists', () => {
      assert.throws(() => readMat(Buffer.from('MATLAB 7.3 MAT-file'), 'easy.mat'), {
        message: 'Expected a MAT-file of version 5 (little-endian) in easy.mat',
      });
      assert.throws(
        () => readMat(mat({ a: [text('b')] }, false).subarray(0, 150), 'easy.mat'),
        /a whole MAT-file/,
      );
      assert.throws(
        () => readWiderLevel(new Map<string, MatValue>(), 'easy.mat'),
        /the cell array event_list/,
      );
    });
  });

  describe('greymaps', () => {
    it('reads pixels as grey RGB, whatever the header’s white space, comments and highest level', () => {
      const bytes = Buffer.concat([Buffer.from('P5\n# made by hand\n2 1\n127\n'), Buffer.from([0, 127])]);
      assert.ok(isPgm(bytes));
      const { width, height, data } = readPgm(bytes, 'face.pgm');
      assert.deepEqual([width, height, ...data], [2, 1, 0, 0, 0, 255, 255, 255]);
    });

    it('refuses one that is cut short', () => {
      assert.throws(() => readPgm(Buffer.from('P5 2 2 255\nabc'), 'face.pgm'), { code: 'IMAGE_UNREADABLE' });
    });
  });
});

// A writer of MAT-files, for these tests: "MAT-File Format", chapter 1.

type Content = (name: string) => Buffer;
const CELL = 1;
const CHAR = 4;
const DOUBLE = 6;
const UINT8 = 9;

const cell =
  (contents: readonly Content[]): Content =>
  (name) =>
    matrix(
      CELL,
      [contents.length, 1],
      name,
      contents.map((content) => content('')),
    );
const text =
  (value: string): Content =>
  (name) =>
    matrix(CHAR, [1, value.length], name, [element(4, Buffer.from(value, 'utf16le'))]);
/** Bytes where they suffice, as MATLAB compresses doubles too. */
const numbers =
  (values: readonly number[]): Content =>
  (name) =>
    matrix(values.length % 2 === 0 ? DOUBLE : UINT8, [values.length, 1], name, [
      element(2, Buffer.from(values)),
    ]);

function mat(variables: Readonly<Record<string, readonly Content[]>>, compressed: boolean): Buffer {
  const header = Buffer.alloc(128, ' ');
  header.writeUInt16LE(0x0100, 124);
  header.write('IM', 126);
  const matrices = Object.entries(variables).map(([name, contents]) => cell(contents)(name));
  return Buffer.concat([header, ...matrices.map((whole) => (compressed ? packed(whole) : whole))]);
}

function packed(whole: Buffer): Buffer {
  const data = deflateSync(whole);
  return Buffer.concat([tag(15, data.length), data]);
}

function matrix(
  kind: number,
  dimensions: readonly number[],
  name: string,
  contents: readonly Buffer[],
): Buffer {
  const flags = Buffer.alloc(8);
  flags.writeUInt32LE(kind);
  const sizes = Buffer.alloc(4 * dimensions.length);
  dimensions.forEach((size, index) => sizes.writeInt32LE(size, 4 * index));
  const data = Buffer.concat([
    element(6, flags),
    element(5, sizes),
    element(1, Buffer.from(name)),
    ...contents,
  ]);
  return Buffer.concat([tag(14, data.length), data]);
}

/** Up to four bytes lie in the tag itself. */
function element(type: number, data: Buffer): Buffer {
  if (data.length > 0 && data.length <= 4) {
    const small = Buffer.alloc(8);
    small.writeUInt16LE(type);
    small.writeUInt16LE(data.length, 2);
    data.copy(small, 4);
    return small;
  }
  return Buffer.concat([tag(type, data.length), data, Buffer.alloc((8 - (data.length % 8)) % 8)]);
}

function tag(type: number, length: number): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(type);
  head.writeUInt32LE(length, 4);
  return head;
}
