import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { toDecoderInput } from '../../../../lib/video/decoder/decoder-input';

describe('toDecoderInput', () => {
  it('names cameras as each system does', () => {
    const v4l2 = toDecoderInput(
      {
        kind: 'camera',
        device: '/dev/video0',
        system: 'v4l2',
        size: { width: 1280, height: 720 },
        framesPerSecond: 30,
        format: 'mjpeg',
      },
      1000,
    );
    assert.equal(v4l2.url, '/dev/video0');
    assert.equal(v4l2.format, 'v4l2');
    assert.deepEqual(v4l2.options, { video_size: '1280x720', framerate: '30', input_format: 'mjpeg' });
    const mac = toDecoderInput({ kind: 'camera', device: '0', system: 'avfoundation' }, 1000);
    assert.deepEqual([mac.url, mac.options], ['0:none', { framerate: '30' }]);
    const windows = toDecoderInput({ kind: 'camera', device: 'HD Webcam', system: 'dshow' }, 1000);
    assert.deepEqual([windows.url, windows.shown, windows.format], ['video=HD Webcam', 'HD Webcam', 'dshow']);
  });

  it('reads RTSP over TCP by default, with a time limit', () => {
    const tcp = toDecoderInput({ kind: 'stream', url: 'rtsp://camera/1' }, 20_000);
    const { protocol_whitelist: protocols, ...options } = tcp.options;
    assert.deepEqual(options, { rtsp_transport: 'tcp', timeout: '20000000' });
    assert.match(protocols!, /^http,https,/);
    const udp = toDecoderInput({ kind: 'stream', url: 'rtsps://camera/1', transport: 'udp' }, 20_000);
    assert.equal(udp.options['rtsp_transport'], 'udp');
  });

  it('leads from the network to the network only', () => {
    for (const login of [{}, { user: 'admin', password: 'x' }]) {
      const { options } = toDecoderInput({ kind: 'stream', url: 'https://camera/a.m3u8', ...login }, 1000);
      const protocols = options['protocol_whitelist']!.split(',');
      for (const local of [
        'file',
        'data',
        'concat',
        'concatf',
        'subfile',
        'pipe',
        'fd',
        'unix',
        'cache',
        'async',
      ])
        assert.ok(!protocols.includes(local), local);
    }
    const pipe = toDecoderInput({ kind: 'stream', url: 'file:///run/camera' }, 1000);
    assert.deepEqual(pipe.options, {}, 'what the flow itself names is no stranger');
  });

  it('keeps an address back that holds more than it shows', () => {
    const isKept = (url: string): boolean => toDecoderInput({ kind: 'stream', url }, 1000).confidential;
    for (const url of ['rtsp://u:p@c/', 'rtsp://u@c/', 'http://c/?p=1', 'http://c/user=u_password=p'])
      assert.ok(isKept(url), url);
    for (const url of ['rtsp://c:554/1', 'http://c/?channel=1']) assert.ok(!isKept(url), url);
  });

  it('plays playlists by their own clock, and other streams as they come', () => {
    const paced = (url: string): boolean => toDecoderInput({ kind: 'stream', url }, 1000).paced;
    assert.ok(paced('https://host/live/index.m3u8?token=1'));
    assert.ok(paced('https://host/live/stream.mpd'));
    assert.ok(!paced('http://host/video.mjpg?next=a.m3u8'));
    assert.ok(!paced('rtmp://host/live'));
  });

  it('takes any file name for a file', () => {
    const file = toDecoderInput({ kind: 'file', path: '-odd:name.mp4', pace: 'flow' }, 1000);
    assert.equal(file.url, `file:${resolve('-odd:name.mp4')}`);
    assert.deepEqual([file.finite, file.paced], [true, false]);
  });
});
