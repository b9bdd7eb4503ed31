import assert from 'node:assert/strict';
import { Columns } from '../../../lib/geometry/columns';

describe('geometry: columns', () => {
  const near = (columns: Columns<string>, left: number, right: number): string[] => {
    const seen: string[] = [];
    columns.some(left, right, (item) => {
      seen.push(item);
      return false;
    });
    return seen.sort();
  };
  const columns = new Columns<string>(10);
  columns.add('left', 2, 8);
  columns.add('wide', 5, 45);
  columns.add('right', 31, 39);
  columns.add('outside', -1e9, -1e8);
  columns.add('everywhere', -1e9, 1e9);

  it('ask about each thing that may overlap, and once', () => {
    assert.deepEqual(near(columns, 0, 9), ['everywhere', 'left', 'wide']);
    assert.deepEqual(near(columns, 12, 35), ['everywhere', 'right', 'wide']);
    assert.deepEqual(near(columns, 60, 70), ['everywhere']);
    assert.deepEqual(near(columns, -50, 1000), ['everywhere', 'left', 'outside', 'right', 'wide']);
  });

  it('stop at the first for which the test holds', () => {
    let asked = 0;
    const found = columns.some(0, 40, () => ++asked === 2);
    assert.deepEqual([found, asked], [true, 2]);
  });

  it('hold nothing that has no place', () => {
    const nameless = new Columns<string>(NaN);
    nameless.add('here', 2, 3);
    assert.deepEqual(near(nameless, 1, 5), ['here']);
    columns.add('nowhere', NaN, 4);
    assert.ok(!near(columns, -1e9, 1e9).includes('nowhere'));
  });
});
