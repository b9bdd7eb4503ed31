import assert from 'node:assert/strict';
import { Mailbox } from '../../../../lib/video/source/mailbox';

describe('Mailbox', () => {
  it('keeps the newest item and gives back the one that nobody took', () => {
    const mailbox = new Mailbox<number>();
    assert.equal(mailbox.put(1), undefined);
    assert.equal(mailbox.put(2), 1);
    const taken: number[] = [];
    mailbox.take((item) => taken.push(item));
    assert.deepEqual(taken, [2]);
    assert.ok(mailbox.isEmpty);
  });

  it('hands an item at once to who waits, and only one', () => {
    const mailbox = new Mailbox<number>();
    const taken: number[] = [];
    mailbox.take((item) => taken.push(item));
    assert.equal(mailbox.put(1), undefined);
    mailbox.put(2);
    assert.deepEqual(taken, [1]);
    assert.ok(!mailbox.isEmpty);
  });

  it('hands out nothing while on hold, then the newest', () => {
    const mailbox = new Mailbox<number>();
    const taken: number[] = [];
    mailbox.hold = true;
    mailbox.take((item) => taken.push(item));
    mailbox.put(1);
    mailbox.put(2);
    assert.deepEqual(taken, []);
    mailbox.hold = false;
    assert.deepEqual(taken, [2]);
  });

  it('tells when it is empty: at once, when an item is taken, or when it is thrown away', async () => {
    const mailbox = new Mailbox<number>();
    await mailbox.whenEmpty();
    const order: string[] = [];
    mailbox.put(1);
    const first = mailbox.whenEmpty().then(() => order.push('empty'));
    order.push('full');
    mailbox.take(() => order.push('taken'));
    await first;
    assert.deepEqual(order, ['full', 'taken', 'empty']);
    mailbox.put(2);
    const second = mailbox.whenEmpty();
    assert.equal(mailbox.clear(), 2);
    await second;
    assert.equal(mailbox.clear(), undefined);
  });
});
