import assert from 'node:assert/strict';
import { LANDMARK_NAMES, type Box, type Face, type Match } from '../../../lib/core/face';
import { annotate } from '../../../lib/annotate/annotate';
import { toAnnotateOptions } from '../../../lib/annotate/options';
import { createFrame, type Frame } from '../../../lib/image/frame';
import { face } from '../tracking/synthetic';

const GREY = 100;
const COLOURS = { known: '#00ff00', stranger: '#ff0000', detected: '#0000ff' };
const RGB = { known: [0, 255, 0], stranger: [255, 0, 0], detected: [0, 0, 255] };
const BOX = { x: 100, y: 100, width: 80, height: 100 };

const ALL = toAnnotateOptions({ colours: COLOURS, fps: 24.5, landmarks: true });
const BOXES_ONLY = toAnnotateOptions({
  colours: COLOURS,
  landmarks: false,
  names: false,
  similarity: false,
  confidence: false,
});

function greyFrame(width = 640, height = 360): Frame {
  const frame = createFrame(width, height, { timestamp: 1234, sequence: 5, source: 'camera' });
  frame.data.fill(GREY);
  return frame;
}

function faceAt(box: Box, match?: Match): Face {
  return face(box, { ...(match && { match }) });
}

function matchOf(person: string | null, similarity = 0.63): Match {
  return {
    person,
    similarity,
    threshold: 0.3,
    known: person !== null,
    candidates: [{ person: 'X', similarity }],
  };
}

function pixel({ data, width }: Frame, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

/** Whether anything was drawn in the area. */
function touched(frame: Frame, { x, y, width, height }: Box): boolean {
  for (let row = y; row < y + height; row++) {
    const from = (row * frame.width + x) * 3;
    if (frame.data.subarray(from, from + width * 3).some((value) => value !== GREY)) return true;
  }
  return false;
}

const INSIDE = { x: 110, y: 110, width: 60, height: 80 };
const ABOVE = { x: 100, y: 80, width: 60, height: 19 };
const BELOW = { x: 100, y: 202, width: 60, height: 19 };

describe('annotate', () => {
  it('draws on a copy and keeps the origin', () => {
    const frame = greyFrame();
    const result = annotate(frame, [faceAt(BOX, matchOf('张伟'))], ALL);
    assert.ok(frame.data.every((value) => value === GREY));
    assert.notEqual(result.data.buffer, frame.data.buffer);
    assert.ok(result.data.buffer instanceof SharedArrayBuffer);
    assert.deepEqual({ ...result, data: 0 }, { ...frame, data: 0 });
    assert.ok(touched(result, INSIDE));
  });

  for (const [kind, match] of [
    ['known', matchOf('Alice')],
    ['stranger', matchOf(null, 0.1)],
    ['detected', undefined],
  ] as const) {
    it(`outlines a face in the colour for ${kind}, on all four sides`, () => {
      const result = annotate(greyFrame(), [faceAt(BOX, match)], BOXES_ONLY);
      for (const [x, y] of [
        [100, 150],
        [179, 150],
        [140, 100],
        [140, 199],
      ] as const) {
        assert.deepEqual(pixel(result, x, y), RGB[kind], `at ${x}, ${y}`);
      }
      assert.ok(!touched(result, INSIDE));
      assert.ok(!touched(result, ABOVE));
    });
  }

  it('draws into memory that it is given, whatever lay there before', () => {
    const frame = greyFrame();
    const faces = [faceAt(BOX, matchOf('Ada'))];
    const memory = new Uint8Array(frame.data.length).fill(7);
    const drawn = annotate(frame, faces, ALL, memory);
    assert.equal(drawn.data, memory);
    assert.deepEqual(Buffer.from(memory), Buffer.from(annotate(frame, faces, ALL).data));
    assert.ok(frame.data.every((value) => value === GREY));
  });

  it('follows the line width', () => {
    const result = annotate(greyFrame(), [faceAt(BOX)], { ...BOXES_ONLY, lineWidth: 5 });
    assert.deepEqual(pixel(result, 104, 150), RGB.detected);
    assert.notDeepEqual(pixel(result, 105, 150), RGB.detected);
  });

  it('draws a dot on each landmark', () => {
    const result = annotate(greyFrame(), [faceAt(BOX)], { ...BOXES_ONLY, boxes: false, landmarks: true });
    const { landmarks } = faceAt(BOX);
    for (const { x, y } of LANDMARK_NAMES.map((name) => landmarks[name])) {
      assert.deepEqual(pixel(result, x, y), RGB.detected, `at ${x}, ${y}`);
    }
    assert.ok(!touched(result, { x: 99, y: 99, width: 82, height: 20 }));
  });

  it('puts the label on the box, with black on green', () => {
    const result = annotate(greyFrame(), [faceAt(BOX, matchOf('Alice'))], { ...BOXES_ONLY, names: true });
    assert.deepEqual(pixel(result, 104, 90), RGB.known);
    assert.ok(!touched(result, BELOW));
    const letters = Array.from({ length: 40 * 14 }, (_, at) =>
      pixel(result, 102 + (at % 40), 84 + Math.floor(at / 40)),
    );
    assert.ok(letters.some(([red, green, blue]) => red === 0 && green! < 64 && blue === 0));
  });

  it('puts the label below a box at the upper border', () => {
    const box = { ...BOX, y: 2 };
    const result = annotate(greyFrame(), [faceAt(box, matchOf('Alice'))], { ...BOXES_ONLY, names: true });
    assert.deepEqual(pixel(result, 104, 112), RGB.known);
  });

  it('shows a different label for each name, similarity and confidence', () => {
    const options = toAnnotateOptions({ colours: COLOURS });
    const drawn = [matchOf('张伟'), matchOf('李伟'), matchOf('张伟', 0.64), matchOf(null), undefined].map(
      (match) => Buffer.from(annotate(greyFrame(), [faceAt(BOX, match)], options).data).toString('base64'),
    );
    assert.equal(new Set(drawn).size, drawn.length);
  });

  it('shows no label where there is nothing to say', () => {
    const silent = toAnnotateOptions({ confidence: false, landmarks: false, strangerText: '' });
    const emptyGallery: Match = { person: null, similarity: 0, threshold: 0.3, known: false, candidates: [] };
    for (const face of [faceAt(BOX), faceAt(BOX, emptyGallery)]) {
      assert.ok(!touched(annotate(greyFrame(), [face], silent), ABOVE));
    }
  });

  it('writes the frame rate into the top left corner, with or without faces', () => {
    const corner = { x: 4, y: 4, width: 40, height: 14 };
    assert.ok(touched(annotate(greyFrame(), [], { ...BOXES_ONLY, fps: 24.5 }), corner));
    assert.deepEqual(annotate(greyFrame(), [], BOXES_ONLY).data, greyFrame().data);
  });

  it('clips faces that reach past the border', () => {
    const boxes = [
      { x: -40, y: -50, width: 80, height: 100 },
      { x: 600, y: 300, width: 80, height: 100 },
      { x: -100, y: -100, width: 900, height: 700 },
    ];
    const result = annotate(
      greyFrame(),
      boxes.map((box) => faceAt(box, matchOf('Alice'))),
      ALL,
    );
    assert.deepEqual(pixel(result, 39, 25), RGB.known);
    assert.deepEqual(pixel(result, 600, 330), RGB.known);
  });

  it('draws nothing of faces outside', () => {
    const boxes = [
      { x: 700, y: 100, width: 80, height: 100 },
      { x: -1e6, y: 0, width: 10, height: 10 },
      { x: 0, y: 9e5, width: 1e5, height: 1e5 },
    ];
    const faces = boxes.map((box) => faceAt(box, matchOf('Alice')));
    assert.deepEqual(
      annotate(greyFrame(), faces, toAnnotateOptions({ colours: COLOURS })).data,
      greyFrame().data,
    );
  });

  for (const [width, height] of [
    [1, 1],
    [10, 400],
    [50, 8],
  ] as const) {
    it(`draws on ${width} × ${height} pixels`, () => {
      const faces = [faceAt({ x: 0, y: 0, width, height }, matchOf('Alice'))];
      assert.equal(annotate(greyFrame(width, height), faces, ALL).data.length, width * height * 3);
    });
  }

  it('draws the same picture every time', () => {
    const faces = Array.from({ length: 12 }, (_, index) =>
      faceAt(
        { x: index * 50, y: 60 + index * 9, width: 45, height: 60 },
        matchOf(index % 3 ? `P${index}` : null),
      ),
    );
    assert.deepEqual(annotate(greyFrame(), faces, ALL).data, annotate(greyFrame(), faces, ALL).data);
  });

  for (const [broken, message] of [
    [{ box: { ...BOX, width: NaN } }, /^Expected .* for faces\[2\]\.box\.width but received NaN$/],
    [{ box: { ...BOX, y: Infinity } }, /^Expected .* for faces\[2\]\.box\.y but received Infinity$/],
    [{ box: undefined }, /^Expected .* for faces\[2\]\.box but received undefined$/],
    [
      { landmarks: { nose: { x: 1, y: 2 } } },
      /^Expected .* for faces\[2\]\.landmarks\.leftEye but received undefined$/,
    ],
    [{ match: 'Alice' }, /^Expected an object for faces\[2\]\.match but received "Alice"$/],
    [
      { match: { ...matchOf('A'), person: 7 } },
      /^Expected a string or null for faces\[2\]\.match\.person but received 7$/,
    ],
    [{ match: matchOf('A', NaN) }, /^Expected a number for faces\[2\]\.match\.similarity but received NaN$/],
  ] as const) {
    it(`names what is broken: ${JSON.stringify(broken)}`, () => {
      const faces = [faceAt(BOX), faceAt(BOX), { ...faceAt(BOX), ...broken } as unknown as Face];
      assert.throws(() => annotate(greyFrame(), faces, BOXES_ONLY), { code: 'INVALID_ARGUMENT', message });
    });
  }
});
