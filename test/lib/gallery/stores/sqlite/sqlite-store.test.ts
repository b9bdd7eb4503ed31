import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SqliteStore } from '../../../../../lib/gallery/stores/sqlite/sqlite-store';
import { storeContract } from '../../store-contract';
import { direction, numbers, removeTemporaryDirectories, sampleOf, temporaryDirectory } from '../../support';

describe('SqliteStore', () => {
  const stores = new Set<SqliteStore>();
  const random = numbers(12);

  async function opened(directory?: string): Promise<SqliteStore> {
    const store = SqliteStore.open(directory ?? (await temporaryDirectory()));
    stores.add(store);
    return store;
  }

  afterEach(async () => {
    for (const store of stores) store.close();
    stores.clear();
    await removeTemporaryDirectories();
  });

  storeContract({
    open: () => opened(),
    reopen: async (store) => {
      await store.close();
      return opened(store.location);
    },
    bytes: async ({ location }) => {
      const files = await readdir(location);
      return Buffer.concat(await Promise.all(files.map((file) => readFile(join(location, file)))));
    },
  });

  it('sees what another connection wrote', async () => {
    const first = await opened();
    const other = await opened(first.location);
    first.addSamples('Ada', [sampleOf(direction(random, 64))]);
    assert.deepEqual(
      other.people().map(({ person }) => person),
      ['Ada'],
    );
    other.removePerson('Ada');
    assert.deepEqual(first.people(), []);
    assert.equal(first.revision(), other.revision());
  });

  it('makes its folder for its owner only', async () => {
    const directory = join(await temporaryDirectory(), 'new', 'gallery');
    await opened(directory);
    if (process.platform !== 'win32') assert.equal((await stat(directory)).mode & 0o777, 0o700);
  });
});
