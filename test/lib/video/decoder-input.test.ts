import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { toDecoderInput } from '../../../lib/video/decoder-input';

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
    assert.deepEqual(tcp.options, { rtsp_transport: 'tcp', timeout: '20000000' });
    const udp = toDecoderInput({ kind: 'stream', url: 'rtsps://camera/1', transport: 'udp' }, 20_000);
    assert.equal(udp.options['rtsp_transport'], 'udp');
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
