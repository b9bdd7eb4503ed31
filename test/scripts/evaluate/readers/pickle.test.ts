import assert from 'node:assert/strict';
import { readPickle } from '../../../../scripts/evaluate/readers/pickle';

const read = (hex: string) => readPickle(Buffer.from(hex, 'hex'), 'set.bin');

describe('pickle reader', () => {
  // pickle.dumps(([b'\xff\xd8a', b''], [True, False]), protocol) of Python 3.
  const dumps = [
    '28286c70300a635f636f646563730a656e636f64650a70310a2856ffd8610a70320a566c6174696e310a70330a7470340a5270350a61635f5f6275696c74696e5f5f0a62797465730a70360a28745270370a61286c70380a4930310a614930300a617470390a2e',
    '285d710028635f636f646563730a656e636f64650a7101285805000000c3bfc39861710258060000006c6174696e317103747104527105635f5f6275696c74696e5f5f0a62797465730a710629527107655d7108284930310a4930300a657471092e',
    '80025d710028635f636f646563730a656e636f64650a71015805000000c3bfc39861710258060000006c6174696e317103867104527105635f5f6275696c74696e5f5f0a62797465730a710629527107655d7108288889658671092e',
    '80035d7100284303ffd861710143007102655d7103288889658671042e',
    '80049516000000000000005d94284303ffd86194430094655d942888896586942e',
    '80059516000000000000005d94284303ffd86194430094655d942888896586942e',
  ];
  for (const [protocol, dump] of dumps.entries()) {
    it(`reads bytes and booleans of protocol ${protocol}`, () => {
      const [images, flags] = read(dump) as [Uint8Array[], boolean[]];
      assert.deepEqual(
        images.map((image) => Buffer.from(image).toString('hex')),
        ['ffd861', ''],
      );
      assert.deepEqual(flags, [true, false]);
    });
  }

  // (['\xff\xd8a', 'xxx'], [True, False]) of Python 2, whose strings are bytes: pickle and cPickle.
  for (const dump of [
    '80025d7100285503ffd861710155037878787102655d7103288889658671042e',
    '80025d7101285503ffd861710255037878787103655d710428888965862e',
    '285d7101285503ffd861710255037878787103655d7104284930310a4930300a65742e',
  ]) {
    it(`reads Python 2’s strings as bytes: ${dump.slice(0, 8)}`, () => {
      const [images] = read(dump) as [Uint8Array[]];
      assert.deepEqual([...images[0]!], [0xff, 0xd8, 0x61]);
    });
  }

  // ('tab\\ new\nline é €', -5, 2**40, 1.5, None, {'a': (1, 2, 3, 4)}, 300, 70000)
  for (const dump of [
    '28567461625c7530303563206e65775c75303030616c696e6520e9205c75323061630a70300a492d350a4c313039393531313632373737364c0a46312e350a4e286470310a56610a70320a2849310a49320a49330a49340a7470330a73493330300a4937303030300a7470340a2e',
    '80022858140000007461625c206e65770a6c696e6520c3a920e282ac71004afbffffff8a06000000000001473ff80000000000004e7d71015801000000617102284b014b024b034b04747103734d2c014a701101007471042e',
  ]) {
    it(`reads numbers, text and dictionaries: ${dump.slice(0, 4)}`, () => {
      assert.deepEqual(read(dump), [
        'tab\\ new\nline é €',
        -5,
        2 ** 40,
        1.5,
        null,
        new Map([['a', [1, 2, 3, 4]]]),
        300,
        70000,
      ]);
    });
  }

  it('calls nothing: a pickle that names a function is refused', () => {
    // os.system('true')
    const dump = Buffer.from("cos\nsystem\n(S'true'\ntR.");
    assert.throws(() => readPickle(dump, 'set.bin'), {
      code: 'INVALID_ARGUMENT',
      message:
        'Expected a Python pickle of plain data in set.bin but found an object of type os.system at byte 11',
    });
  });

  it('refuses what is no pickle, and one that is cut short', () => {
    assert.throws(() => read('ffd8ffe0'), /found the instruction 0xff at byte 1$/);
    assert.throws(() => read('80045d9428430'), /found its end in the middle at byte/);
    assert.throws(() => read(''), /found its end in the middle at byte 0$/);
    assert.throws(() => read('80092e'), /found protocol 9 at byte 2$/);
    assert.throws(() => read('80022e'), /found an empty stack at byte 3$/);
    // A length that the file does not have
    assert.throws(() => read('80048e00000000000000702e'), /found its end in the middle/);
  });
});
