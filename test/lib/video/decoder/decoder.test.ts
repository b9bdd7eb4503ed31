import assert from 'node:assert/strict';
import { findDecoder, type Probes } from '../../../../lib/video/decoder/decoder';

const BANNER = 'ffmpeg version 6.1.2 Copyright (c) 2000-2024 the FFmpeg developers\nbuilt with gcc';

/** A machine on which only these paths answer. */
function machine(banners: Record<string, string>, packages: string[] = []): Probes {
  return {
    banner: (path) => {
      const banner = banners[path];
      return banner === undefined
        ? Promise.reject(new Error(`spawn ${path} ENOENT`))
        : Promise.resolve(banner);
    },
    isInstalled: (name) => packages.includes(name),
  };
}

describe('findDecoder', () => {
  it('takes the configured ffmpeg before all others', async () => {
    const probes = machine({ ffmpeg: BANNER, '/opt/ffmpeg': BANNER.replace('6.1.2', 'n7.1') }, ['node-av']);
    assert.deepEqual(await findDecoder('/opt/ffmpeg', probes), {
      kind: 'ffmpeg',
      path: '/opt/ffmpeg',
      version: { major: 7, minor: 1 },
      name: 'ffmpeg n7.1',
    });
  });

  it('takes the one on the PATH before the package', async () => {
    const decoder = await findDecoder(undefined, machine({ ffmpeg: BANNER }, ['node-av']));
    assert.equal(decoder.name, 'ffmpeg 6.1.2');
  });

  it('takes the package when there is no ffmpeg, or when it is asked for', async () => {
    assert.equal((await findDecoder(undefined, machine({}, ['node-av']))).kind, 'node-av');
    assert.equal((await findDecoder('node-av', machine({ ffmpeg: BANNER }, ['node-av']))).kind, 'node-av');
  });

  it('says what to install on each system when there is neither', async () => {
    await assert.rejects(findDecoder(undefined, machine({})), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'DECODER_MISSING');
      for (const system of ['Debian', 'Raspberry Pi OS', 'Alpine', 'macOS', 'Windows', 'node-av'])
        assert.ok(error.message.includes(system), system);
      return true;
    });
  });

  it('does not quietly replace a configured ffmpeg that cannot be run', async () => {
    const probes = machine({ ffmpeg: BANNER, '/bin/true': '' }, ['node-av']);
    const message = (path: string, reason: string): object => ({
      code: 'DECODER_MISSING',
      message: new RegExp(`^The FFmpeg at ${path} cannot be run: ${reason}\\. Install FFmpeg`),
    });
    await assert.rejects(findDecoder('/no/ffmpeg', probes), message('/no/ffmpeg', 'spawn /no/ffmpeg ENOENT'));
    await assert.rejects(
      findDecoder('/bin/true', probes),
      message('/bin/true', 'it does not answer as FFmpeg does'),
    );
  });

  it('asks the real machine', async () => {
    await assert.rejects(findDecoder('/no/such/ffmpeg'), { code: 'DECODER_MISSING' });
    assert.equal((await findDecoder('node-av')).name, 'node-av');
  });
});
