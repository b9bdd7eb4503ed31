/** Folders as they lie on people's computers and network drives. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, open, realpath, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { listImages, readFolder, type FolderOptions } from '../../../lib/image/folder';
import { LARGEST_FILE_BYTES } from '../../../lib/image/limits';
import { readPictureFile } from '../../../lib/image/picture-file';
import { isHiddenName } from '../../../lib/image/system-names';

const NOTHING = { hidden: 0, links: 0, outside: 0, unsupported: 0, unreadable: 0, tooLarge: 0 };

describe('image: folders', () => {
  let base: string;
  let people: string;

  beforeEach(async () => {
    base = await realpath(await mkdtemp(join(tmpdir(), 'arcflow-folder-')));
    people = join(base, 'people');
    await mkdir(people);
  });
  afterEach(() => rm(base, { recursive: true, force: true }));

  async function put(...names: string[]): Promise<void> {
    for (const name of names) {
      await mkdir(dirname(join(people, name)), { recursive: true });
      await writeFile(join(people, name), 'picture');
    }
  }

  async function link(name: string, target: string): Promise<void> {
    await mkdir(dirname(join(people, name)), { recursive: true });
    await symlink(target, join(people, name));
  }

  async function read(
    options?: FolderOptions,
  ): Promise<[found: Record<string, string | undefined>, left: object]> {
    const { images, leftOut } = await readFolder(people, options);
    return [Object.fromEntries(images.map(({ path, person }) => [relative(people, path), person])), leftOut];
  }

  it('give what lies at any depth to the first folder, in the order in which people count', async () => {
    await put('Bob/10.jpg', 'Bob/2.JPG', 'Bob/2023/summer/1.png', 'Ada/a.webp', 'all.jpg');
    const [found, leftOut] = await read();
    assert.deepEqual(Object.entries(found), [
      ['Ada/a.webp', 'Ada'],
      ['all.jpg', undefined],
      ['Bob/2.JPG', 'Bob'],
      ['Bob/10.jpg', 'Bob'],
      ['Bob/2023/summer/1.png', 'Bob'],
    ]);
    assert.deepEqual(leftOut, NOTHING);
    const [inFolders, { outside }] = (await read({ persons: true })) as [object, { outside: number }];
    assert.deepEqual([Object.keys(inFolders).length, outside], [4, 1]);
  });

  it('are read without what is hidden or made by systems and drives, at any depth', async () => {
    const hidden = [
      '.Trash-1000/files/x.jpg',
      '.thumbnails/1.jpg',
      '#recycle/Eve/1.jpg',
      '$RECYCLE.BIN/1.jpg',
      'System Volume Information/1.jpg',
      'lost+found/1.jpg',
      '__MACOSX/Ada/._1.jpg',
      'Ada/@eaDir/1.jpg/SYNOPHOTO_THUMB_XL.jpg',
      'Ada/.@__thumb/default1.jpg',
      'Ada/2023/@Recycle/1.jpg',
      'Ada/@Recently-Snapshot/1.jpg',
      'Ada/._1.jpg',
      'Ada/Thumbs.db',
    ];
    await put('Ada/1.jpg', ...hidden);
    const [found, leftOut] = await read({ persons: true });
    assert.deepEqual(found, { 'Ada/1.jpg': 'Ada' });
    assert.deepEqual(leftOut, { ...NOTHING, hidden: hidden.length });
    assert.deepEqual(
      (await listImages(people)).map(({ path }) => relative(people, path)),
      ['Ada/1.jpg'],
    );
  });

  it('are read although their own name is hidden', async () => {
    const folder = join(people, '.private');
    await put('.private/Ada/1.jpg');
    const { images } = await readFolder(folder);
    assert.deepEqual(images, [{ path: join(folder, 'Ada', '1.jpg'), person: 'Ada' }]);
  });

  it('are read through links, each picture once and under the name that it has here', async () => {
    await put('Ada/1.jpg', 'Ada/2.jpg', '../drive/Dora/d.jpg', '../drive/b.jpg');
    await link('Bob/mine.jpg', join(base, 'drive', 'b.jpg'));
    await link('Bob/again.jpg', join(base, 'drive', 'b.jpg'));
    await link('Bob/adas.jpg', '../Ada/1.jpg');
    await link('Dora', '../drive/Dora');
    await link('Ada twice', 'Ada');
    const [found, leftOut] = await read({ persons: true });
    assert.deepEqual(found, {
      'Ada/1.jpg': 'Ada',
      'Ada/2.jpg': 'Ada',
      'Bob/again.jpg': 'Bob',
      'Dora/d.jpg': 'Dora',
    });
    assert.deepEqual(leftOut, { ...NOTHING, links: 3 });
  });

  it('follow links into what is not sent from where it lies', async () => {
    await put('pool.jpg', 'all/1.jpg');
    await link('Ada/1.jpg', '../pool.jpg');
    await link('Bob', 'all');
    const [found] = await read({ persons: true, skip: ['all'] });
    assert.deepEqual(found, { 'Ada/1.jpg': 'Ada', 'Bob/1.jpg': 'Bob' });
  });

  it('end where links lead nowhere or in a circle', async () => {
    await put('Ada/1.jpg', '../outside.jpg');
    await link('Ada/up', '..');
    await link('Ada/self', 'self');
    await link('Ada/above', '../..');
    await link('Ada/all', '/');
    await link('Ada/gone.jpg', '/nowhere/1.jpg');
    assert.deepEqual(await read(), [{ 'Ada/1.jpg': 'Ada' }, { ...NOTHING, links: 5 }]);
  });

  it('leave out folders that are named, however their name is composed', async () => {
    await put('Ada/1.jpg', 'Ada/Ze\u0301ro/1.jpg', 'groups/1.jpg');
    assert.deepEqual(await read({ skip: ['Z\u00e9ro', 'groups'] }), [{ 'Ada/1.jpg': 'Ada' }, NOTHING]);
  });

  it('count files of other kinds, and open neither pipes nor what is too large or empty', async () => {
    await put('Ada/1.jpg', 'Ada/1.HEIC', 'Ada/1.mp4', 'Ada/readme');
    await writeFile(join(people, 'Ada', 'empty.jpg'), '');
    await (await open(join(people, 'Ada', 'large.jpg'), 'w')).close();
    await truncate(join(people, 'Ada', 'large.jpg'), LARGEST_FILE_BYTES + 1);
    execFileSync('mkfifo', [join(people, 'Ada', 'pipe.jpg')]);
    await link('Ada/device.jpg', '/dev/zero');
    const { images, leftOut, problems } = await readFolder(people);
    assert.deepEqual(images.length, 1);
    assert.deepEqual(leftOut, { ...NOTHING, unsupported: 5, unreadable: 1, tooLarge: 1 });
    const said = problems.map(({ path, error }) => [relative(people, path), error.code, error.message]);
    assert.deepEqual(said.sort(), [
      ['Ada/empty.jpg', 'IMAGE_UNREADABLE', `The image ${people}/Ada/empty.jpg cannot be read: it is empty`],
      [
        'Ada/large.jpg',
        'IMAGE_TOO_LARGE',
        `The image ${people}/Ada/large.jpg has ${LARGEST_FILE_BYTES + 1} bytes; at most ${LARGEST_FILE_BYTES} are read`,
      ],
    ]);
  });

  it('are refused where they are missing or no folder', async () => {
    await put('1.jpg');
    for (const folder of [join(people, 'nowhere'), join(people, '1.jpg')])
      await assert.rejects(readFolder(folder), { code: 'INVALID_ARGUMENT', status: 'no such folder' });
  });

  it('are not read on when nobody waits for them', async () => {
    await put('Ada/1.jpg');
    await assert.rejects(readFolder(people, { signal: AbortSignal.abort() }), { name: 'AbortError' });
  });
});

describe('image: one file', () => {
  it('is read whole, and named where it cannot be', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'arcflow-file-'));
    try {
      const path = join(folder, 'a.jpg');
      const bytes = Buffer.alloc(300_000, 7);
      await writeFile(path, bytes);
      assert.deepEqual(await readPictureFile(path), bytes);
      execFileSync('mkfifo', [join(folder, 'pipe')]);
      for (const [name, reason] of [
        ['gone.jpg', /gone\.jpg cannot be read: ENOENT/],
        ['pipe', /pipe cannot be read: it is no file/],
        ['.', /cannot be read: it is no file/],
      ] as const)
        await assert.rejects(readPictureFile(join(folder, name)), (error: Error & { code?: string }) => {
          assert.match(error.message, reason);
          return error.code === 'IMAGE_UNREADABLE';
        });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('names of the system', () => {
  it('are told from those of people', () => {
    for (const name of [
      '.x',
      '@eaDir',
      '@SynoResource',
      '$Recycle.Bin',
      'FOUND.000',
      'desktop.ini',
      'Icon\r',
    ])
      assert.ok(isHiddenName(name), name);
    for (const name of ['Ada', '张三', 'a.jpg', '@Ada', '#1', '2023', 'Recycle', '$hort', 'Ada.x'])
      assert.ok(!isHiddenName(name), name);
  });
});
