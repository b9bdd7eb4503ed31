import assert from 'node:assert/strict';
import {
  about,
  distort,
  invert,
  moveBox,
  moveFace,
  multiply,
  project,
  rotation,
  scaling,
  squareToQuadrilateral,
  translation,
  undistort,
  type Lens,
} from '../../../lib/geometry/transform';

const near = (a: { x: number; y: number }, x: number, y: number, tolerance = 1e-9): void =>
  assert.ok(Math.hypot(a.x - x, a.y - y) <= tolerance, `(${a.x}, ${a.y}) ≠ (${x}, ${y})`);

describe('homographies', () => {
  it('turn clockwise as seen', () => near(project(rotation(90), { x: 1, y: 0 }), 0, 1, 0));

  it('turn about a point', () => near(project(about({ x: 5, y: 5 }, rotation(180)), { x: 6, y: 7 }), 4, 3));

  it('apply the right factor of a product first', () =>
    near(project(multiply(translation(1, 0), scaling(2, 3)), { x: 4, y: 5 }), 9, 15));

  it('are undone by their inverse', () => {
    const matrix = squareToQuadrilateral([
      { x: 3, y: 1 },
      { x: 20, y: 4 },
      { x: 17, y: 19 },
      { x: -2, y: 15 },
    ])!;
    near(project(matrix, { x: 1, y: 0 }), 20, 4);
    near(project(matrix, { x: 1, y: 1 }), 17, 19);
    near(project(matrix, { x: 0, y: 1 }), -2, 15);
    const there = project(matrix, { x: 0.3, y: 0.8 });
    near(project(invert(matrix), there), 0.3, 0.8);
  });

  it('exist for convex quadrilaterals only', () => {
    const corner = (x: number, y: number) => ({ x, y });
    const dart = [corner(0, 0), corner(4, 0), corner(1, 1), corner(0, 4)] as const;
    const line = [corner(0, 0), corner(1, 1), corner(2, 2), corner(3, 3)] as const;
    assert.equal(squareToQuadrilateral(dart), undefined);
    assert.equal(squareToQuadrilateral(line), undefined);
  });
});

describe('lenses', () => {
  const lens: Lens = {
    focal: 1000,
    centre: { x: 640, y: 360 },
    k1: -0.3,
    k2: 0.1,
    k3: -0.01,
    p1: 0.002,
    p2: -0.001,
  };

  it('leave their centre where it is', () => near(distort(lens, lens.centre), 640, 360));

  it('follow the polynomial', () => {
    // One focal length to the right: r² = 1.
    const seen = distort(lens, { x: 1640, y: 360 });
    near(seen, 640 + 1000 * (1 - 0.3 + 0.1 - 0.01 + 3 * -0.001), 360 + 1000 * 0.002);
  });

  it('are undone', () => {
    for (const point of [
      { x: 0, y: 0 },
      { x: 1280, y: 100 },
      { x: 700, y: 720 },
    ]) {
      const ideal = undistort(lens, point)!;
      near(distort(lens, ideal), point.x, point.y, 1e-6);
    }
  });

  it('are undone where a plain iteration would not settle', () => {
    const strong: Lens = { ...lens, k1: 4, k2: 2, k3: 0 };
    const ideal = undistort(strong, { x: 1200, y: 700 })!;
    near(distort(strong, ideal), 1200, 700, 1e-6);
  });

  it('have nothing to undo where they put no point', () => {
    // 1 − 0.5 r² folds back at r = 0.816 of the focal length, which is seen at 0.544.
    const barrel: Lens = { ...lens, k1: -0.5, k2: 0, k3: 0, p1: 0, p2: 0 };
    const { x, y } = barrel.centre;
    near(undistort(barrel, { x: x + 1000 * 0.5 * (1 - 0.5 * 0.25), y })!, x + 500, y, 1e-5);
    assert.equal(undistort(barrel, { x: x + 550, y }), undefined);
  });
});

describe('faces that move', () => {
  const point = (x: number, y: number) => ({ x, y });
  const face = {
    box: { x: 10, y: 10, width: 20, height: 20 },
    confidence: 0.9,
    landmarks: {
      leftEye: point(15, 15),
      rightEye: point(25, 15),
      nose: point(20, 20),
      mouthLeft: point(16, 25),
      mouthRight: point(24, 25),
    },
    quality: { size: 20, yaw: 0, pitch: 0, roll: 0 },
  };
  /** Everything right of x = 40 lies behind the horizon. */
  const matrix = [1, 0, 0, 0, 1, 0, -1 / 40, 0, 1] as const;

  it('go with their pixels', () => {
    const moved = moveFace(face, { kind: 'homography', matrix: translation(5, -3) })!;
    assert.deepEqual(moved.box, { x: 15, y: 7, width: 20, height: 20 });
    assert.deepEqual(moved.landmarks.nose, point(25, 17));
  });

  it('are gone where a perspective shows nothing, and where a part of them would lie at infinity', () => {
    assert.ok(moveFace(face, { kind: 'homography', matrix }));
    for (const x of [19.99, 20, 30, 39, 45]) {
      const moved = moveFace({ ...face, box: { ...face.box, x: x } }, { kind: 'homography', matrix });
      assert.equal(moved !== undefined, x < 20, `from ${x}`);
    }
  });
});

describe('moveBox', () => {
  it('is the upright box around the moved corners', () => {
    const box = moveBox({ x: -1, y: -1, width: 2, height: 2 }, (point) => project(rotation(45), point));
    near(box, -Math.SQRT2, -Math.SQRT2);
    assert.ok(Math.abs(box.width - 2 * Math.SQRT2) < 1e-9);
  });
});
