import assert from 'node:assert/strict';
import { openNetwork } from '../../../../lib/inference/backends/onnxruntime';
import type { Network } from '../../../../lib/inference/network';
import { runSingle } from '../../../../lib/inference/single';
import { requireModel } from '../../../../lib/models/manifest';
import { Pyramid } from '../../../../lib/detect/mtcnn/pyramid';
import { stacked, stripsOf } from '../../../../lib/detect/mtcnn/strips';
import { randomFrame } from '../../preprocess/support';

const CHANNELS = 3;

describe('mtcnn: strips of a level', () => {
  let pnet: Network;
  before(async () => {
    pnet = await openNetwork(requireModel('mtcnn-pnet').path, { provider: 'cpu', threads: 1 });
  });
  after(() => pnet.release());

  it('leaves a small level whole, and never cuts finer than P-Net can see', () => {
    assert.deepEqual(stripsOf({ width: 384, height: 216 }, 89_000), [{ top: 0, height: 216 }]);
    assert.deepEqual(stripsOf({ width: 4000, height: 12 }, 1000), [{ top: 0, height: 12 }]);
    assert.deepEqual(stripsOf({ width: 768, height: 432 }, Infinity), [{ top: 0, height: 432 }]);
  });

  it('covers a level in strips whose rows of the prediction map follow each other', () => {
    const strips = stripsOf({ width: 768, height: 432 }, 89_000);
    assert.equal(strips.length, 4);
    assert.equal(strips[0]!.top, 0);
    assert.equal(strips.at(-1)!.top + strips.at(-1)!.height, 432);
    for (const [index, { top }] of strips.slice(1).entries()) {
      const before = strips[index]!;
      // The last row of the map above begins 12 pixels before its end, the next one 2 pixels later.
      assert.equal(top, before.top + before.height - 12 + 2);
    }
  });

  for (const [width, height] of [
    [60, 100],
    [61, 101],
    [33, 47],
  ] as const) {
    it(`gives the prediction map of the whole level (${width} × ${height})`, async () => {
      const frame = randomFrame(width * 2, height * 2);
      const predict = async (stripPixels: number) => {
        const [level] = new Pyramid(stripPixels).build(frame, 24, 0.5);
        assert.deepEqual([level!.width, level!.height], [width, height]);
        const outputs = [];
        for (const strip of level!.strips) {
          outputs.push(await runSingle(pnet, strip.data, [1, CHANNELS, strip.height, width]));
        }
        return { count: outputs.length, map: stacked(outputs) };
      };
      const whole = await predict(Infinity);
      const cut = await predict(width * 20);
      assert.equal(whole.count, 1);
      assert.ok(cut.count > 1);
      assert.deepEqual(cut.map.dims, whole.map.dims);
      const worst = Math.max(...whole.map.data.map((value, at) => Math.abs(value - cut.map.data[at]!)));
      assert.ok(worst < 1e-4, `they differ by ${worst}`);
    });
  }
});
