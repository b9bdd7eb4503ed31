import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Box } from '../../lib/core/box';
import type { TrueFace } from '../../scripts/evaluate/metrics/detection';
import { choosePhotos } from '../../bench/photos';
import { inResized, judgeBoxes, readTruth, toResized } from '../../bench/truth';

const box = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });

describe('bench truth', () => {
  it('moves a box as the photograph is scaled and cut: 2 : 1 from a square loses a quarter above and below', () => {
    const square = { width: 400, height: 400 };
    assert.deepEqual(
      toResized(box(100, 200, 40, 60), square, { width: 200, height: 100 }),
      box(50, 50, 20, 30),
    );
    assert.deepEqual(
      toResized(box(100, 200, 40, 60), square, { width: 800, height: 800 }),
      box(200, 400, 80, 120),
    );
  });

  it('counts a face once, and only where both centres lie in the other box', () => {
    const face = { box: box(100, 100, 40, 50), ignore: false };
    const judge = (faces: readonly TrueFace[], boxes: readonly Box[]) => {
      const { present, found, falseAlarms } = judgeBoxes(faces, boxes);
      return [present, found, falseAlarms];
    };
    assert.deepEqual(judge([face], [face.box]), [1, 1, 0]);
    assert.deepEqual(judge([face], [box(80, 80, 80, 90)]), [1, 1, 0], 'a generous box');
    assert.deepEqual(judge([face], [box(110, 110, 20, 20)]), [1, 1, 0], 'a tight one');
    assert.deepEqual(judge([face], [box(0, 0, 400, 400)]), [1, 0, 1], 'the whole picture');
    assert.deepEqual(judge([face], [box(100, 100, 8, 8)]), [1, 0, 1], 'a corner of it');
    assert.deepEqual(judge([face], [face.box, { ...face.box }]), [1, 1, 1], 'two boxes for one face');
    const near = { box: box(101, 100, 40, 50), ignore: false };
    assert.deepEqual(judge([face, near], [face.box]), [2, 1, 0], 'one box for two faces');
    assert.deepEqual(judge([{ ...face, ignore: true }], [face.box, box(0, 0, 9, 9)]), [0, 0, 1], 'ignored');
    assert.deepEqual(judge([], []), [0, 0, 0]);
  });

  it('ignores the faces of the samples that are cut or too small at a size', async () => {
    const truth = await readTruth(undefined);
    const files = await choosePhotos(undefined, 4);
    const counts = async (width: number, height: number) =>
      Promise.all(
        files.map(async (file) => {
          const faces = await inResized(file, truth(file)!, { width, height });
          return [faces.length, faces.filter(({ ignore }) => !ignore).length];
        }),
      );
    // 16 : 9 cuts one of the fourth photograph's faces in two.
    assert.deepEqual(await counts(640, 360), [
      [3, 3],
      [3, 3],
      [3, 3],
      [4, 3],
    ]);
    assert.deepEqual(
      (await counts(160, 90)).map(([, counted]) => counted),
      [0, 0, 0, 0],
      'faces of less than 20 pixels',
    );
    assert.equal(truth('other.jpg'), undefined);
  });

  it("reads the evaluation's form, by paths relative to the file", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'arcflow-truth-'));
    try {
      const file = join(folder, 'truth.json');
      const faces = [{ box: [1, 2, 3, 4] }, { box: [5, 6, 7, 8], ignore: true }];
      await writeFile(file, JSON.stringify({ 'photos/a.jpg': { faces } }));
      const truth = await readTruth(relative(process.cwd(), file));
      assert.deepEqual(truth(join(folder, 'photos', 'a.jpg')), [
        { box: box(1, 2, 3, 4), ignore: false },
        { box: box(5, 6, 7, 8), ignore: true },
      ]);
      assert.equal(truth(join(folder, 'photos', 'b.jpg')), undefined);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
