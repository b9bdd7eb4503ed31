import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { pickFiles } from '../../../scripts/models/tarball';
import { tarball } from './tar';

/** The bytes in chunks of this size. */
function inChunks(bytes: Buffer, size: number): Readable {
  return Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    })(),
  );
}

describe('pickFiles', () => {
  const long = `${'folder/'.repeat(16)}file.bin`;
  const files = {
    'first.txt': Buffer.from('one'),
    'empty.txt': Buffer.alloc(0),
    'exact.bin': Buffer.alloc(1024, 7),
    [long]: Buffer.alloc(70_000, 'long'),
    'last.txt': Buffer.from('end'),
  };

  for (const size of [1, 511, 65_536]) {
    it(`finds the wanted files in chunks of ${size} bytes`, async () => {
      const wanted = ['empty.txt', 'exact.bin', long, 'last.txt', 'absent.txt'];
      const picked = await pickFiles(inChunks(tarball(files), size), new Set(wanted));
      assert.deepEqual([...picked.keys()], ['empty.txt', 'exact.bin', long, 'last.txt']);
      for (const [path, content] of picked) assert.deepEqual(content, files[path as keyof typeof files]);
    });
  }

  it('refuses what is not gzipped, and what ends too early', async () => {
    const wanted = new Set(['last.txt']);
    await assert.rejects(
      pickFiles(Readable.from([Buffer.from('no gzip')]), wanted),
      /Unrecognized archive format/,
    );
    const whole = tarball(files);
    await assert.rejects(
      pickFiles(inChunks(whole.subarray(0, whole.length / 2), 512), wanted),
      /unexpected end of file|Truncated input/,
    );
  });
});
