import assert from 'node:assert/strict';
import {
  about,
  distort,
  invert,
  moveBox,
  multiply,
  project,
  rotation,
  scaling,
  squareToQuadrilateral,
  translation,
  undistort,
  type Lens,
} from '../../../lib/preprocess/transform';

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
      const ideal = undistort(lens, point);
      near(distort(lens, ideal), point.x, point.y, 1e-3);
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
