/** Memory that is far larger than usual pictures need is not kept, and is collected without being asked for. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFrame } from '../../../lib/image/frame';
import { withScratch, type KernelMemory } from '../../../lib/pixels/kernel-memory';
import { HUGE_BYTES } from '../../../lib/image/reclaim';

/** A frame that nobody holds any more. */
function droppedFrame(): WeakRef<Uint8Array> {
  return new WeakRef(createFrame(8192, 6144).data);
}

describe('image: memory of huge pictures', () => {
  it('is collected when nobody holds it any more', async function () {
    this.timeout(60_000);
    const dropped = droppedFrame();
    while (dropped.deref() !== undefined) await sleep(100);
  });

  it('is not kept as scratch memory, which else is', () => {
    const used = (bytes: number): KernelMemory =>
      withScratch((memory) => {
        memory.allocate(bytes);
        return memory;
      });
    const first = used(1000);
    assert.equal(used(1_000_000), first);
    assert.equal(used(HUGE_BYTES), first);
    const next = used(1000);
    assert.notEqual(next, first);
    assert.ok(next.size < 1_000_000);
  });

  it('is not kept after a failure either', () => {
    let failed: KernelMemory | undefined;
    assert.throws(
      () =>
        withScratch((memory) => {
          failed = memory;
          memory.allocate(HUGE_BYTES);
          throw new Error('no');
        }),
      { message: 'no' },
    );
    withScratch((memory) => assert.notEqual(memory, failed));
  });
});
