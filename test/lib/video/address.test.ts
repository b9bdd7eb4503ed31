import assert from 'node:assert/strict';
import { parseAddress } from '../../../lib/video/address';

describe('parseAddress', () => {
  it('puts credentials into the address for the decoder, encoded, and leaves them out of what is shown', () => {
    const address = parseAddress('rtsp://camera.local:554/stream', {
      user: 'admin',
      password: "p@ss:w/rd'1",
    });
    assert.equal(address.full, 'rtsp://admin:p%40ss%3Aw%2Frd%271@camera.local:554/stream');
    assert.equal(address.shown, 'rtsp://camera.local:554/stream');
    assert.deepEqual(address.secrets, ["p@ss:w/rd'1"]);
  });

  it('takes credentials out of the address itself', () => {
    const address = parseAddress('rtsp://admin:s%40cret@camera/stream');
    assert.equal(address.full, 'rtsp://admin:s%40cret@camera/stream');
    assert.equal(address.shown, 'rtsp://camera/stream');
    assert.deepEqual(address.secrets, ['s@cret']);
  });

  it('prefers the credentials that were given apart', () => {
    const address = parseAddress('http://old:secret@camera/', { user: 'new', password: 'word' });
    assert.equal(address.full, 'http://new:word@camera/');
    assert.deepEqual(address.secrets, ['word']);
  });

  for (const [written, password] of [
    ['rtsp://admin:p@ss@camera/stream', 'p@ss'],
    ['rtsp://admin:p/w@camera/stream', 'p/w'],
    ['rtsp://admin:50%@camera/stream', '50%'],
  ] as const) {
    it(`understands the unencoded password in ${written}`, () => {
      const address = parseAddress(written);
      assert.deepEqual(address.secrets, [password]);
      assert.equal(address.shown, 'rtsp://camera/stream');
      assert.equal(address.full, `rtsp://admin:${encodeURIComponent(password)}@camera/stream`);
    });
  }

  it('takes an @ in the path for no credentials', () => {
    assert.equal(parseAddress('http://camera:8080/snap@2x').shown, 'http://camera:8080/snap@2x');
  });

  it('masks passwords and tokens among the parameters', () => {
    const address = parseAddress('http://camera/video.cgi?user=admin&pwd=hunter2&size=1&token=abc');
    assert.equal(address.shown, 'http://camera/video.cgi?user=admin&pwd=***&size=1&token=***');
    assert.deepEqual(address.secrets, ['hunter2', 'abc']);
    assert.equal(address.full, 'http://camera/video.cgi?user=admin&pwd=hunter2&size=1&token=abc');
  });
});
