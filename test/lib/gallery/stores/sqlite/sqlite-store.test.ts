import assert from 'node:assert/strict';
import { chmod, cp, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection } from '../../../../../lib/gallery/stores/sqlite/connection';
import { LOG, sizeOf } from '../../../../../lib/gallery/stores/sqlite/files';
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

  it('keeps everybody but its owner out of folder and files, also where they were there before', async function () {
    if (process.platform === 'win32') return; // it has no such modes
    const directory = join(await temporaryDirectory(), 'new', 'gallery');
    const modes = async (): Promise<Record<string, number>> => {
      const entries = ['.', ...(await readdir(directory))];
      const found = entries.map(async (name) => [name, (await stat(join(directory, name))).mode & 0o777]);
      return Object.fromEntries(await Promise.all(found)) as Record<string, number>;
    };
    const expected = {
      '.': 0o700,
      'gallery.reserve': 0o600,
      'gallery.sqlite': 0o600,
      'gallery.sqlite-shm': 0o600,
      'gallery.sqlite-wal': 0o600,
    };
    let store = await opened(directory);
    store.addSamples('Ada', [sampleOf(direction(random, 64))]);
    assert.deepEqual(await modes(), expected);
    store.close();
    for (const name of ['.', 'gallery.sqlite', 'gallery.reserve']) await chmod(join(directory, name), 0o777);
    store = await opened(directory);
    store.addSamples('Ada', [sampleOf(direction(random, 64))]);
    assert.deepEqual(await modes(), expected);
  });

  it('has nothing in its log when it is closed', async () => {
    const store = await opened();
    store.addSamples('Ada', [sampleOf(direction(random, 64))]);
    assert.ok(sizeOf(store.location, LOG) > 0);
    store.close();
    assert.equal(sizeOf(store.location, LOG), 0);
  });

  describe('while another connection reads', () => {
    const NAME = 'Somebody of no interest';
    const bytesOf = async (directory: string): Promise<Buffer> => {
      const files = await readdir(directory);
      return Buffer.concat(await Promise.all(files.map((file) => readFile(join(directory, file)))));
    };

    async function readBy(limitMs: number) {
      const store = SqliteStore.open(await temporaryDirectory(), { erasureLimitMs: limitMs });
      stores.add(store);
      store.addSamples(NAME, [sampleOf(direction(random, 64))]);
      store.addSamples('Ben', [sampleOf(direction(random, 64))]);
      const reader = new Connection(join(store.location, 'gallery.sqlite'));
      reader.run('BEGIN');
      reader.all('SELECT * FROM people');
      return { store, reader };
    }

    it('does not acknowledge a removal, and makes up for it with the next change', async () => {
      const { store, reader } = await readBy(50);
      assert.throws(() => store.removePerson(NAME), {
        code: 'STORE_UNAVAILABLE',
        status: 'not erased yet',
        message:
          `The change was made, but what it erases cannot be taken out of the files in ${store.location} yet: ` +
          'another process reads the gallery; the next change or start tries again',
      });
      assert.equal(store.find(NAME), undefined);
      assert.ok((await bytesOf(store.location)).includes(NAME));
      store.addSamples('Ben', [sampleOf(direction(random, 64))]); // needs nothing erased, so it waits for nobody
      reader.run('COMMIT');
      store.addSamples('Ben', [sampleOf(direction(random, 64))]);
      assert.ok(!(await bytesOf(store.location)).includes(NAME));
      reader.close();
    });

    it('has another process make up for it', async () => {
      const { store, reader } = await readBy(50);
      const other = await opened(store.location);
      assert.throws(() => store.renamePerson(NAME, 'Adele', false), { status: 'not erased yet' });
      reader.run('COMMIT');
      other.addSamples('Ben', [sampleOf(direction(random, 64))]);
      assert.ok(!(await bytesOf(store.location)).includes(NAME));
      reader.close();
    });

    it('makes up for it when it is next opened, also after its process was killed', async () => {
      const { store, reader } = await readBy(50);
      assert.throws(() => store.removePerson(NAME), { status: 'not erased yet' });
      const copy = join(await temporaryDirectory(), 'copy');
      await cp(store.location, copy, { recursive: true }); // what a killed process leaves
      assert.ok((await bytesOf(copy)).includes(NAME));
      reader.close();
      const again = await opened(copy);
      assert.ok(!(await bytesOf(copy)).includes(NAME));
      assert.deepEqual(
        again.people().map(({ person }) => person),
        ['Ben'],
      );
    });
  });
});
