import assert from 'node:assert/strict';
import { matchDetections, scoreDetections } from '../../../../scripts/evaluate/metrics/detection';

const square = (x: number, side = 10) => ({ x, y: 0, width: side, height: side });
const face = (x: number, ignore = false) => ({ box: square(x), ignore });
const detection = (x: number, confidence: number) => ({ box: square(x), confidence });

describe('detection score', () => {
  it('finds each face once, the most confident detection first', () => {
    // Both lie on the face (IoU 1 and 9/11); the surer one, though it fits less well, comes first.
    const { judged, missed } = matchDetections([face(0)], [detection(0, 0.6), detection(1, 0.9)], 0.4);
    assert.deepEqual(
      judged.map(({ verdict, iou }) => [verdict, iou]),
      [
        ['hit', 90 / 110],
        ['false', 0],
      ],
    );
    assert.deepEqual(missed, []);
  });

  it('takes the overlap itself as enough', () => {
    // Shifted by 5 of 10: 50 of 150 square pixels.
    const at = (least: number) => matchDetections([face(0)], [detection(5, 0.9)], least).judged[0]!.verdict;
    assert.equal(at(1 / 3), 'hit');
    assert.equal(at(0.34), 'false');
  });

  it('gives each detection the face that it overlaps most', () => {
    const faces = [face(0), face(6)];
    const { judged, missed } = matchDetections(faces, [detection(5, 0.9)], 0.2);
    assert.equal(judged[0]!.verdict, 'hit');
    assert.deepEqual(missed, [faces[0]]);
  });

  it('counts ignored faces neither way, however often they are detected', () => {
    const matching = matchDetections(
      [face(0, true), face(50)],
      [detection(0, 0.9), detection(1, 0.8), detection(90, 0.7)],
      0.4,
    );
    assert.deepEqual(
      matching.judged.map(({ verdict }) => verdict),
      ['ignored', 'ignored', 'false'],
    );
    const score = scoreDetections([matching]);
    assert.deepEqual(
      [score.faces, score.hits, score.missed, score.falseAlarms, score.ignored],
      [1, 0, 1, 1, 2],
    );
  });

  it('adds up the images and takes the best precision at this or a higher recall', () => {
    const first = matchDetections([face(0), face(50)], [detection(0, 0.9), detection(100, 0.8)], 0.4);
    const second = matchDetections([face(0)], [detection(0, 0.7), detection(30, 0.6)], 0.4);
    const { recall, precision, ap, curve } = scoreDetections([first, second]);
    assert.equal(recall, 2 / 3);
    assert.equal(precision, 2 / 4);
    assert.deepEqual(
      curve.map((point) => [point.threshold, point.precision, point.recall, point.falseAlarms]),
      [
        [0.9, 1, 1 / 3, 0],
        [0.8, 1 / 2, 1 / 3, 1],
        [0.7, 2 / 3, 2 / 3, 1],
        [0.6, 2 / 4, 2 / 3, 2],
      ],
    );
    // 1/3 of the way at precision 1, 1/3 at 2/3, the last third is never reached.
    assert.ok(Math.abs(ap - (1 / 3 + 2 / 9)) < 1e-12);
  });

  it('makes one point of detections of the same confidence', () => {
    const matching = matchDetections([face(0)], [detection(40, 0.9), detection(0, 0.9)], 0.4);
    assert.deepEqual(scoreDetections([matching]).curve, [
      { threshold: 0.9, precision: 0.5, recall: 1, falseAlarms: 1 },
    ]);
  });
});
