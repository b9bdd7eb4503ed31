import assert from 'node:assert/strict';
import { parseAddress } from '../../../../lib/video/source/address';

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

  for (const [written, password, rest] of [
    ['rtsp://admin:p@ss@camera/stream', 'p@ss', 'camera/stream'],
    ['rtsp://admin:p/w@camera/stream', 'p/w', 'camera/stream'],
    ['rtsp://admin:50%@camera/stream', '50%', 'camera/stream'],
    ['rtsp://admin:p@ss/w0rd@10.0.0.5/s', 'p@ss/w0rd', '10.0.0.5/s'],
    ['rtsp://admin:p@ss/w0rd@camera/s', 'p@ss/w0rd', 'camera/s'],
    ['rtsp://admin:p@ss#1@10.0.0.5/s', 'p@ss#1', '10.0.0.5/s'],
    ['rtsp://admin:p?w@10.0.0.5/s', 'p?w', '10.0.0.5/s'],
    ['rtsp://admin:p?a=b@10.0.0.5/s', 'p?a=b', '10.0.0.5/s'],
    ['rtsp://admin:1234/5@10.0.0.5/s', '1234/5', '10.0.0.5/s'],
    ['rtsp://admin:password#$@@10.0.0.5/live', 'password#$@', '10.0.0.5/live'],
    ['rtsp://admin:a?b#c/d@e@cam.local:554/h264', 'a?b#c/d@e', 'cam.local:554/h264'],
    ['rtsp://admin:p/w@[fe80::1]:554/s', 'p/w', '[fe80::1]:554/s'],
    ['http://admin:pw@camera/snap@2x', 'pw', 'camera/snap@2x'],
  ] as const) {
    it(`understands the unencoded password in ${written}`, () => {
      const address = parseAddress(written);
      assert.deepEqual(address.secrets, [password]);
      assert.equal(address.shown, `${written.slice(0, 7)}${rest}`);
      assert.equal(address.full, `${written.slice(0, 7)}admin:${encodeURIComponent(password)}@${rest}`);
    });
  }

  it('logs in without a password too', () => {
    for (const written of ['rtsp://admin@camera/1', 'rtsp://admin:@camera/1'])
      assert.equal(parseAddress(written).full, 'rtsp://admin:@camera/1');
    assert.equal(parseAddress('rtsp://camera/1', { user: 'admin' }).full, 'rtsp://admin:@camera/1');
  });

  it('takes an @ behind the host for no credentials', () => {
    for (const path of ['camera:8080/snap@2x', '10.0.0.5/me@example.com/live', 'cam.local:80/a@b'])
      assert.equal(parseAddress(`http://${path}`).shown, `http://${path}`);
    const mail = parseAddress('http://admin:pw@10.0.0.5/v?mail=me@example.com');
    assert.equal(mail.full, 'http://admin:pw@10.0.0.5/v?mail=me@example.com');
    assert.equal(mail.shown, 'http://10.0.0.5/v?mail=***');
  });

  it('masks the values of all parameters, and sends them on', () => {
    const written = 'http://camera/video.cgi?user=admin&pwd=hunter2&size=1&token=abc';
    const address = parseAddress(written);
    assert.equal(address.shown, 'http://camera/video.cgi?user=***&pwd=***&size=***&token=***');
    assert.deepEqual(address.secrets, ['hunter2', 'abc']);
    assert.equal(address.full, written);
  });

  for (const [written, shown] of [
    // Recorders with the firmware of XMEye, in its spellings.
    [
      'rtsp://h:554/user=admin_password=tlJwpbo6_channel=1_stream=0.sdp?real_stream',
      'rtsp://h:554/user=***_password=***_channel=1_stream=0.sdp?***',
    ],
    [
      'rtsp://h/user=admin&password=a/b_c&channel=2&stream=0.sdp?',
      'rtsp://h/user=***&password=***&channel=2&stream=0.sdp?',
    ],
    ['rtsp://h/user%3Dadmin_password%3DtlJwpbo6', 'rtsp://h/user%3D***_password%3D***'],
    // Dahua, Foscam, VStarcam, Reolink, D-Link.
    [
      'rtsp://h/cam/realmonitor?channel=1&subtype=0&authbasic=YWRtaW46eA==',
      'rtsp://h/cam/realmonitor?channel=1&subtype=0&authbasic=***',
    ],
    [
      'http://h:88/cgi-bin/CGIStream.cgi?cmd=GetMJStream&usr=u&pwd=p',
      'http://h:88/cgi-bin/CGIStream.cgi?cmd=***&usr=***&pwd=***',
    ],
    ['http://h/livestream.cgi?loginuse=u&loginpas=x', 'http://h/livestream.cgi?loginuse=***&loginpas=***'],
    [
      'rtmp://h/bcs/channel0_main.bcs?channel=0&user=u&password=x',
      'rtmp://h/bcs/channel0_main.bcs?channel=0&user=***&password=***',
    ],
    ['http://h/video.cgi?userpass=u:x', 'http://h/video.cgi?userpass=***'],
    ['http://h/video?access-key=x&p=y', 'http://h/video?access-key=***&p=***'],
    // Parameters without a name, names that are secrets, and what stands behind them.
    ['http://h/video?YWJjZA==', 'http://h/video?***'],
    ['http://h/video?channel=12345', 'http://h/video?channel=***'],
    ['srt://h:9000?passphrase=a@b/c&streamid=#!::u=u,s=x', 'srt://h:9000?passphrase=***&***#***'],
    ['http://h/video#token', 'http://h/video#***'],
    ['http://h/token=abc/stream1.m3u8', 'http://h/token=***'],
    ['http://h/a;jsessionid=1234', 'http://h/a;jsessionid=***'],
    ['rtsp://h/0/admin:secret/main', 'rtsp://h/0/***/main'],
    ['http://proxy/rtsp://admin:secret@camera/', 'http://proxy/***//***/'],
    // Nothing to hide.
    ['rtsp://[fe80::1]:554/Streaming/Channels/101', 'rtsp://[fe80::1]:554/Streaming/Channels/101'],
    ['rtsp://h:7447/a_b-c.d,e', 'rtsp://h:7447/a_b-c.d,e'],
  ] as const) {
    it(`shows ${written} as ${shown}`, () => {
      const { full, shown: actual } = parseAddress(written);
      assert.equal(actual, shown);
      assert.equal(full, written);
    });
  }
});
