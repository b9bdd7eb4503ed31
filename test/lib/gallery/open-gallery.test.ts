import assert from 'node:assert/strict';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openGallery } from '../../../lib/gallery/open-gallery';
import { direction, numbers, removeTemporaryDirectories, sampleOf, temporaryDirectory } from './support';

describe('openGallery', () => {
  const sample = sampleOf(direction(numbers(31), 512));
  after(removeTemporaryDirectories);

  it('gives all handles of a directory the same gallery, however it is spelt', async () => {
    const parent = await temporaryDirectory();
    const directory = join(parent, 'gallery');
    const first = await openGallery(directory);
    await symlink(directory, join(parent, 'link'));
    const others = await Promise.all(
      [join(parent, 'x', '..', 'gallery'), join(parent, 'link')].map((path) => openGallery(path)),
    );
    for (const { gallery } of others) assert.equal(gallery, first.gallery);
    const other = await openGallery(await temporaryDirectory());
    assert.notEqual(other.gallery, first.gallery);
    await Promise.all([first, ...others, other].map((handle) => handle.close()));
  });

  it('closes with the last handle, each of which counts once', async () => {
    const directory = await temporaryDirectory();
    const [first, second] = [await openGallery(directory), await openGallery(directory)];
    await first.close();
    await first.close();
    assert.equal((await second.gallery.enrol('Ada', sample)).samples, 1);
    await second.close();
    await assert.rejects(second.gallery.list(), { code: 'ENGINE_CLOSED' });
  });

  it('opens again while it is being closed, as a redeploy does', async () => {
    const directory = await temporaryDirectory();
    const first = await openGallery(directory);
    await first.gallery.enrol('Ada', sample);
    const closing = first.close();
    const second = await openGallery(directory);
    await closing;
    assert.notEqual(second.gallery, first.gallery);
    assert.deepEqual(
      (await second.gallery.list()).map(({ person }) => person),
      ['Ada'],
    );
    await second.close();
  });

  it('does not remember that it failed', async () => {
    const parent = await temporaryDirectory();
    const directory = join(parent, 'gallery');
    await writeFile(directory, 'in the way');
    await assert.rejects(openGallery(directory), { code: 'STORE_UNAVAILABLE' });
    await rm(directory);
    await mkdir(directory);
    await (await openGallery(directory)).close();
  });
});
