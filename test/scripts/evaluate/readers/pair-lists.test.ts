import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readCfp } from '../../../../scripts/evaluate/readers/cfp';
import { readIdentificationCsv } from '../../../../scripts/evaluate/readers/identification-csv';
import { readInsightFaceBin, toFolds } from '../../../../scripts/evaluate/readers/insightface-bin';
import { readLfwPairs } from '../../../../scripts/evaluate/readers/lfw';
import type { PairSet } from '../../../../scripts/evaluate/readers/pair-set';
import { readPairsCsv } from '../../../../scripts/evaluate/readers/pairs-csv';
import { readPeople } from '../../../../scripts/evaluate/readers/people';

/** Each pair as "first second same". */
const shown = ({ folds, images }: PairSet) =>
  folds.map((fold) => fold.map(({ a, b, same }) => `${images[a]!.name} ${images[b]!.name} ${same}`));

describe('pair lists', () => {
  let folder: string;
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'arcflow-readers-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  describe('LFW', () => {
    const lines = ['2\t1', 'Ada_L\t1\t12', 'Ada_L\t1\tBob\t3', 'Cy\t2\t3', 'Cy\t2\tDee\t1'];

    it('reads folds of matched and mismatched pairs', () => {
      const set = readLfwPairs(`${lines.join('\n')}\n`, 'pairs.txt', 'images');
      assert.deepEqual(shown(set), [
        ['Ada_L/Ada_L_0001.jpg Ada_L/Ada_L_0012.jpg true', 'Ada_L/Ada_L_0001.jpg Bob/Bob_0003.jpg false'],
        ['Cy/Cy_0002.jpg Cy/Cy_0003.jpg true', 'Cy/Cy_0002.jpg Dee/Dee_0001.jpg false'],
      ]);
      assert.equal(set.images.length, 6);
    });

    it('reads the one fold of View 1, and lines that end as on Windows', () => {
      const set = readLfwPairs(['1', ...lines.slice(1, 3)].join('\r\n'), 'pairsDevTest.txt', 'images');
      assert.deepEqual(
        set.folds.map((fold) => fold.length),
        [2],
      );
    });

    it('reads the image from its folder', async () => {
      await write('Ada_L/Ada_L_0001.jpg', 'pixels');
      const { images } = readLfwPairs(lines.join('\n'), 'pairs.txt', folder);
      assert.equal(Buffer.from(await images[0]!.read()).toString(), 'pixels');
    });

    it('takes names with blanks and in any script, with tabs or with blanks between the fields', () => {
      const fields = [
        ['王 芳', '1', '2'],
        ['Ada Q. L', '1', '4 Hz', '3'],
      ];
      const pairs = [
        [
          '王 芳/王 芳_0001.jpg 王 芳/王 芳_0002.jpg true',
          'Ada Q. L/Ada Q. L_0001.jpg 4 Hz/4 Hz_0003.jpg false',
        ],
      ];
      for (const blank of ['\t', ' ', '  ']) {
        const text = ['1 1', ...fields.map((line) => line.join(blank))].join('\n');
        assert.deepEqual(shown(readLfwPairs(text, 'pairs.txt', '')), pairs, JSON.stringify(blank));
      }
    });

    for (const name of ['Ada_L_0001.JPG', 'Ada_L_0001.png', 'Ada_L_0001.JPEG']) {
      it(`finds ${name} where the list means Ada_L_0001.jpg`, async () => {
        await write(`Ada_L/${name}`, 'pixels');
        const { images } = readLfwPairs(lines.join('\n'), 'pairs.txt', folder);
        assert.equal(Buffer.from(await images[0]!.read()).toString(), 'pixels');
        await assert.rejects(images[1]!.read(), /ENOENT.*Ada_L_0012\.jpg/);
      });
    }

    it('names the line that is wrong', () => {
      const broken = [...lines];
      broken[2] = 'Ada_L\t1\tBob';
      assert.throws(() => readLfwPairs(broken.join('\n'), 'pairs.txt', ''), {
        message: 'Expected "name i other j" in line 3 of pairs.txt but found "Ada_L\\u00091\\u0009Bob"',
      });
      assert.throws(() => readLfwPairs(lines.slice(0, 4).join('\n'), 'pairs.txt', ''), {
        message: 'Expected 2 × 2 × 1 lines of pairs after the first, but found 3, in pairs.txt',
      });
      assert.throws(() => readLfwPairs('', 'pairs.txt', ''), /Expected a first line with the numbers/);
    });
  });

  describe('CFP', () => {
    beforeEach(async () => {
      await write(
        'Protocol/Pair_list_F.txt',
        '1 ../Data/Images/001/frontal/01.jpg\n2 ../Data/Images/001/frontal/02.jpg\n',
      );
      await write(
        'Protocol/Pair_list_P.txt',
        '1 ../Data/Images/001/profile/01.jpg\n2 ../Data/Images/002/profile/01.jpg\n',
      );
      for (const split of ['FF', 'FP']) {
        await write(`Protocol/Split/${split}/01/same.txt`, '1,1\n');
        await write(`Protocol/Split/${split}/01/diff.txt`, '2,2\n');
        await write(`Protocol/Split/${split}/02/same.txt`, '2,1\n');
        await write(`Protocol/Split/${split}/02/diff.txt`, '1,2\n');
      }
      await write('Data/Images/001/frontal/01.jpg', 'pixels');
    });

    it('compares frontal with profile images', async () => {
      const set = await readCfp(folder, 'FP');
      assert.deepEqual(shown(set), [
        [
          '../Data/Images/001/frontal/01.jpg ../Data/Images/001/profile/01.jpg true',
          '../Data/Images/001/frontal/02.jpg ../Data/Images/002/profile/01.jpg false',
        ],
        [
          '../Data/Images/001/frontal/02.jpg ../Data/Images/001/profile/01.jpg true',
          '../Data/Images/001/frontal/01.jpg ../Data/Images/002/profile/01.jpg false',
        ],
      ]);
      assert.equal(Buffer.from(await set.images[0]!.read()).toString(), 'pixels');
    });

    it('compares frontal with frontal images', async () => {
      const set = await readCfp(folder, 'FF');
      assert.equal(set.images.length, 2);
    });

    it('names the line that is wrong and the folder that is missing', async () => {
      await write('Protocol/Split/FP/02/diff.txt', '1,3\n');
      await assert.rejects(
        readCfp(folder, 'FP'),
        /Expected "i,j", two numbers of the pair lists in line 1 of .*diff\.txt/,
      );
      await assert.rejects(
        readCfp(join(folder, 'nowhere'), 'FP'),
        /The folder .*nowhere.Protocol \(--root\) cannot be read: it does not exist/,
      );
    });
  });

  describe('InsightFace .bin', () => {
    /** As Python 3 writes it in protocol 4, without the memo. */
    const bin = (images: readonly Buffer[], flags: readonly boolean[]) => {
      const bytes = images.map((image) => {
        const head = Buffer.alloc(5);
        head.write('B');
        head.writeUInt32LE(image.length, 1);
        return Buffer.concat([head, image]);
      });
      return Buffer.concat([
        Buffer.from([0x80, 4]),
        Buffer.from(']('),
        ...bytes,
        Buffer.from('e]('),
        Buffer.from(flags.map((flag) => (flag ? 0x88 : 0x89))),
        Buffer.from('e\x86.', 'latin1'),
      ]);
    };
    const images = Array.from({ length: 6 }, (_, index) => Buffer.from(`image ${index}`));

    it('reads aligned crops and their pairs in ten folds, or fewer', async () => {
      const set = readInsightFaceBin(bin(images, [true, false, true]), 'agedb_30.bin');
      assert.deepEqual(set.folds, [
        [{ a: 0, b: 1, same: true }],
        [{ a: 2, b: 3, same: false }],
        [{ a: 4, b: 5, same: true }],
      ]);
      assert.equal(set.images[3]!.aligned, true);
      assert.equal(Buffer.from(await set.images[3]!.read()).toString(), 'image 3');
    });

    it('reads images and flags that are arrays of NumPy', async () => {
      // ([np.array of ff d8 61, b'\xff\xd8b'], np.array([True])) in protocol 4
      const dump =
        '800495d9000000000000005d94288c166e756d70792e5f636f72652e6d756c74696172726179948c0c5f7265636f6e7374727563749493948c056e756d7079948c076e6461727261799493944b0085944301629487945294284b014b03859468048c0564747970659493948c02753194898887945294284b038c017c944e4e4e4affffffff4affffffff4b00749462894303ffd861947494624303ffd8629465680368064b008594680887945294284b014b018594680d8c02623194898887945294284b0368114e4e4e4affffffff4affffffff4b00749462894301019474946286942e';
      const { images, folds } = readInsightFaceBin(Buffer.from(dump, 'hex'), 'cfp_ff.bin');
      assert.deepEqual(folds, [[{ a: 0, b: 1, same: true }]]);
      assert.deepEqual([...(await images[0]!.read())], [0xff, 0xd8, 0x61]);
    });

    it('refuses images and flags that do not go together', () => {
      assert.throws(() => readInsightFaceBin(bin(images, [true]), 'x.bin'), {
        message: 'Expected a list of images and half as many "same" flags in x.bin',
      });
    });

    it('cuts folds as equal as can be', () => {
      assert.deepEqual(toFolds([1, 2, 3, 4, 5], 3), [[1, 2], [3, 4], [5]]);
    });
  });

  describe('csv', () => {
    it('reads pairs, quoted or not, with yes and no in any case', () => {
      const text = 'file_x,file_y,same\na.jpg,b.jpg,Yes\n"c, d.jpg",a.jpg,no\n';
      assert.deepEqual(shown(readPairsCsv(text, 'pairs.csv', '')), [
        ['a.jpg b.jpg true', 'c, d.jpg a.jpg false'],
      ]);
    });

    it('reads absolute paths, Windows separators, accents however composed, and a header in capitals', async () => {
      await write('José/1.jpg', 'one');
      await write('two.jpg', 'two');
      const absolute = join(folder, 'two.jpg');
      const decomposed = 'José'.normalize('NFD');
      const text = `File_X,File_Y,Same\r\n${decomposed}\\1.jpg,${absolute},no\r\n`;
      const { images } = readPairsCsv(text, 'pairs.csv', folder);
      const bytes = await Promise.all(images.map((image) => image.read()));
      assert.deepEqual(
        bytes.map((read) => Buffer.from(read).toString()),
        ['one', 'two'],
      );
    });

    it('reads roles for identification', () => {
      const text = 'role,person,path\nenrol,Ada,Ada/1.jpg\nprobe,Ada,Ada/2.jpg\nunknown,Bob,Bob/1.jpg\n';
      const entries = readIdentificationCsv(text, 'identification.csv', '');
      assert.deepEqual(
        entries.map(({ role, person, image }) => [role, person, image.name]),
        [
          ['enrol', 'Ada', 'Ada/1.jpg'],
          ['probe', 'Ada', 'Ada/2.jpg'],
          ['unknown', 'Bob', 'Bob/1.jpg'],
        ],
      );
    });

    it('names the column, the line and the value that is wrong', () => {
      assert.throws(() => readPairsCsv('a,b\n', 'p.csv', ''), {
        message: 'Expected a column file_x in line 1 of p.csv but found "a,b"',
      });
      assert.throws(() => readPairsCsv('file_x,file_y,same\na,b,perhaps\n', 'p.csv', ''), {
        message: 'Expected yes or no in the column same in line 2 of p.csv but found "a,b,perhaps"',
      });
      assert.throws(
        () => readPairsCsv('file_x,file_y,same\na,b\n', 'p.csv', ''),
        /Expected 3 fields in line 2/,
      );
      assert.throws(() => readIdentificationCsv('role,person,path\nenrol,Ada,1.jpg\n', 'i.csv', ''), {
        message: 'Expected at least one line with the role probe in i.csv',
      });
    });
  });

  it('lists people by their folders and leaves out what is none', async () => {
    for (const path of ['bob/2.jpg', 'bob/10.png', 'ada/1.pgm', 'ada/notes.txt', 'group/all.jpg'])
      await write(path, '');
    const people = await readPeople(folder, new Set(['group']));
    assert.deepEqual(
      people.map(({ person, image }) => [person, image.name]),
      [
        ['ada', join('ada', '1.pgm')],
        ['bob', join('bob', '2.jpg')],
        ['bob', join('bob', '10.png')],
      ],
    );
  });
});
