import assert from 'node:assert/strict';
import {
  ellipseBox,
  fddbMatching,
  atFalseAlarms,
  clipToBox,
  ellipseIou,
  ellipsePolygon,
  fddbCurve,
  polygonArea,
} from '../../../../scripts/evaluate/metrics/fddb';

const image = { width: 200, height: 200 };
const close = (actual: number, expected: number, tolerance = 1e-3) =>
  assert.ok(Math.abs(actual - expected) < tolerance, `${actual} is not ${expected}`);

describe('FDDB score', () => {
  it('has the area of an ellipse', () => {
    const polygon = ellipsePolygon({
      majorRadius: 30,
      minorRadius: 20,
      angle: 0.7,
      centre: { x: 50, y: 60 },
    });
    close(polygonArea(polygon) / (Math.PI * 600), 1);
  });

  it('clips a polygon to a box', () => {
    const square = [
      { x: 0, y: 0 },
      { x: 10, y: 0 },
      { x: 10, y: 10 },
      { x: 0, y: 10 },
    ];
    assert.equal(polygonArea(clipToBox(square, { x: 5, y: -5, width: 20, height: 10 })), 25);
    assert.equal(polygonArea(clipToBox(square, { x: 20, y: 20, width: 5, height: 5 })), 0);
  });

  it('overlaps a circle and its bounding box by π/4', () => {
    const circle = { majorRadius: 40, minorRadius: 40, angle: 0, centre: { x: 100, y: 100 } };
    close(ellipseIou(circle, { x: 60, y: 60, width: 80, height: 80 }, image), Math.PI / 4);
    // The left half: a box of half the area that shares half the circle.
    const half = (Math.PI * 800) / (Math.PI * 1600 + 3200 - Math.PI * 800);
    close(ellipseIou(circle, { x: 60, y: 60, width: 40, height: 80 }, image), half);
  });

  it('turns the major axis by the angle', () => {
    const upright = { majorRadius: 40, minorRadius: 20, angle: Math.PI / 2, centre: { x: 100, y: 100 } };
    close(ellipseIou(upright, { x: 80, y: 60, width: 40, height: 80 }, image), Math.PI / 4);
  });

  it('cuts the face and the detection at the border of the image', () => {
    const atBorder = { majorRadius: 40, minorRadius: 40, angle: 0, centre: { x: 0, y: 100 } };
    close(ellipseIou(atBorder, { x: -40, y: 60, width: 80, height: 80 }, image), Math.PI / 4);
  });

  it('matches so that the overlaps add up to the most, anew for each threshold', () => {
    // With both detections, the surer one leaves the first face to the other.
    const curve = fddbCurve([
      {
        confidences: [0.9, 0.8],
        overlaps: [
          [0.6, 0.5],
          [0.55, 0],
        ],
        faces: 2,
      },
      { confidences: [0.7], overlaps: [[0.2]], faces: 1 },
    ]);
    const third = (value: number) => Math.round((value / 3) * 1e9) / 1e9;
    const rounded = curve.map(({ threshold, falseAlarms, discrete, continuous }) => [
      threshold,
      falseAlarms,
      Math.round(discrete * 1e9) / 1e9,
      Math.round(continuous * 1e9) / 1e9,
    ]);
    assert.deepEqual(rounded, [
      [0.9, 0, third(1), third(0.6)],
      [0.8, 1, third(1), third(1.05)],
      [0.7, 2, third(1), third(1.25)],
    ]);
    assert.equal(atFalseAlarms(curve, 1)?.threshold, 0.8);
    assert.equal(atFalseAlarms(curve, 1000)?.threshold, 0.7);
  });

  it('puts the box about a turned ellipse', () => {
    const upright = ellipseBox({
      majorRadius: 30,
      minorRadius: 20,
      angle: Math.PI / 2,
      centre: { x: 50, y: 60 },
    });
    const expected = { x: 30, y: 30, width: 40, height: 60 };
    for (const [key, value] of Object.entries(expected))
      assert.ok(Math.abs(upright[key as keyof typeof upright] - value) < 1e-9, key);
  });

  it('says which detections and faces were matched by more than one half', () => {
    const face = (x: number) => ({ majorRadius: 10, minorRadius: 10, angle: 0, centre: { x, y: 10 } });
    const detection = (confidence: number) => ({ box: { x: 0, y: 0, width: 20, height: 20 }, confidence });
    const detections = [detection(0.9), detection(0.8), detection(0.7)];
    const { judged, missed } = fddbMatching([face(10), face(40)], detections, [
      [0.8, 0],
      [0.7, 0.5],
      [0, 0],
    ]);
    assert.deepEqual(
      judged.map(({ verdict, iou }) => [verdict, iou]),
      [
        ['hit', 0.8],
        ['false', 0],
        ['false', 0],
      ],
    );
    assert.deepEqual(missed, [{ box: { x: 30, y: 0, width: 20, height: 20 }, ignore: false }]);
  });

  it('counts detections in an image without faces as false alarms', () => {
    const curve = fddbCurve([
      { confidences: [0.9], overlaps: [[]], faces: 0 },
      { confidences: [0.8], overlaps: [[0.9]], faces: 1 },
    ]);
    assert.deepEqual(curve, [
      { threshold: 0.9, falseAlarms: 1, discrete: 0, continuous: 0 },
      { threshold: 0.8, falseAlarms: 1, discrete: 1, continuous: 0.9 },
    ]);
  });
});
