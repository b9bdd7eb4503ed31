import assert from 'node:assert/strict';
import { MAX_PAGES } from '../../../../lib/core/kernel-module';
import { CODES_PER_TURN, ROWS_PER_STEP, dotKernel } from '../../../../lib/gallery/search/dot-kernel';
import { numbers } from '../support';

const ROWS_AT = 16_384;
const OUT_AT = 8192;

describe('dotKernel', () => {
  for (const stride of [CODES_PER_TURN, 3 * CODES_PER_TURN, 512]) {
    it(`multiplies rows of ${stride} codes with a probe`, () => {
      const steps = 3;
      const rows = steps * ROWS_PER_STEP;
      const memory = new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES });
      const random = numbers(stride);
      const codes = new Int8Array(memory.buffer, ROWS_AT, rows * stride).map(() =>
        Math.trunc(128 * random()),
      );
      new Int8Array(memory.buffer, ROWS_AT).set(codes);
      const probe = new Int16Array(memory.buffer, 0, stride);
      probe.set(probe.map(() => Math.trunc(32_768 * random())));

      dotKernel(memory)(ROWS_AT, stride, steps, 0, OUT_AT);

      const expected = Array.from({ length: rows }, (_, row) =>
        probe.reduce((sum, value, i) => sum + value * codes[row * stride + i]!, 0),
      );
      assert.deepEqual(Array.from(new Int32Array(memory.buffer, OUT_AT, rows)), expected);
      assert.equal(new Int32Array(memory.buffer, OUT_AT)[rows], 0, 'writes nothing behind the last row');
    });
  }
});
