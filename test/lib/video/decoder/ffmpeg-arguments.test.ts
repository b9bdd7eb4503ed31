import assert from 'node:assert/strict';
import { NETWORK_PROTOCOLS, toDecoderInput } from '../../../../lib/video/decoder/decoder-input';
import {
  ffmpegInvocation,
  parseFfmpegVersion,
  UNRELEASED,
  type DecodeJob,
} from '../../../../lib/video/decoder/ffmpeg-arguments';
import type { StreamInput } from '../../../../lib/video/source/options';

const NETWORK = NETWORK_PROTOCOLS.join();
const V5_1 = { major: 5, minor: 1 };
const CAMERA: StreamInput = { kind: 'stream', url: 'rtsp://camera/1' };
const job = (over: Partial<DecodeJob> = {}, stream: StreamInput = CAMERA): DecodeJob => ({
  input: toDecoderInput(stream, 5000),
  filters: 'format=rgb24',
  hardware: 'none',
  threads: 2,
  seekSeconds: 0,
  ...over,
});
const argsOf = (...args: Parameters<typeof ffmpegInvocation>): string =>
  ffmpegInvocation(...args).args.join(' ');

describe('ffmpegInvocation', () => {
  it('reads a stream and writes raw frames, with their sizes in the log', () => {
    const { args, stdin } = ffmpegInvocation(job(), V5_1);
    assert.deepEqual(args, [
      ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'repeat+level+info'],
      ...['-threads', '2', '-rtsp_transport', 'tcp', '-timeout', '5000000'],
      ...['-protocol_whitelist', NETWORK, '-i', 'rtsp://camera/1'],
      ...['-an', '-sn', '-dn', '-vf', 'format=rgb24,showinfo=checksum=0'],
      ...['-fps_mode', 'passthrough', '-noautoscale', '-threads', '1', '-f', 'rawvideo', 'pipe:1'],
    ]);
    assert.equal(stdin, '');
  });

  it('keeps an address with a password off the command line', () => {
    const secret = job({}, { ...CAMERA, user: 'admin', password: "it's@me" });
    const { args, stdin } = ffmpegInvocation(secret, V5_1);
    assert.ok(!args.join(' ').includes('camera'));
    assert.match(args.join(' '), /-f concat -safe 0 -protocol_whitelist pipe -i pipe:0/);
    assert.equal(
      stdin,
      [
        'ffconcat version 1.0',
        "file 'rtsp://admin:it%27s%40me@camera/1'",
        "option rtsp_transport 'tcp'",
        "option timeout '5000000'",
        `option protocol_whitelist '${NETWORK}'`,
        '',
      ].join('\n'),
    );
  });

  it('does so where the format is given', () => {
    const { input } = job({}, { kind: 'stream', url: 'http://camera/', user: 'admin', password: 'x' });
    const { args, stdin } = ffmpegInvocation(job({ input: { ...input, format: 'mjpeg' } }), V5_1);
    assert.ok(!args.join(' ').includes('camera'));
    assert.match(args.join(' '), /-f mjpeg -protocol_whitelist pipe,hls,http,\S+ -i hls\+pipe:0/);
    assert.match(stdin, /^#EXTM3U\n(?:#.*\n)+http:\/\/admin:x@camera\/\n#EXT-X-ENDLIST\n$/);
  });

  it('does so for a password among the parameters too', () => {
    const secret = job({}, { kind: 'stream', url: "http://camera/?pwd=it's" });
    assert.match(ffmpegInvocation(secret, V5_1).stdin, /^file 'http:\/\/camera\/\?pwd=it'\\''s'$/m);
  });

  it('spells options as older versions do', () => {
    const old = argsOf(job(), { major: 4, minor: 3 });
    assert.match(old, /-stimeout 5000000/);
    assert.match(old, /-vsync passthrough/);
    assert.doesNotMatch(old, /autoscale|fps_mode| -timeout/);
    assert.match(argsOf(job(), { major: 4, minor: 4 }), /-vsync passthrough -noautoscale/);
  });

  it('asks for hardware, and seeks, before the input', () => {
    assert.match(
      argsOf(job({ hardware: 'vaapi', seekSeconds: 12.5 }), V5_1),
      /info -hwaccel vaapi -threads 2 -ss 12\.5 -rtsp_transport/,
    );
    assert.match(argsOf(job({ hardware: 'v4l2m2m' }), V5_1), /info -c:v h264_v4l2m2m -threads 2 -rtsp/);
  });

  it('forces the format of a camera', () => {
    const input = toDecoderInput({ kind: 'camera', device: '/dev/video2', system: 'v4l2' }, 5000);
    assert.match(argsOf(job({ input }), V5_1), / -f v4l2 -i \/dev\/video2 /);
  });
});

describe('parseFfmpegVersion', () => {
  for (const [banner, version] of [
    ['ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026', { major: 5, minor: 1 }],
    ['ffmpeg version n7.1.1 Copyright (c)', { major: 7, minor: 1 }],
    ['ffmpeg version 7.0.2-static https://example.org/', { major: 7, minor: 0 }],
    ['ffmpeg version N-118193-g5f38c82536 Copyright', UNRELEASED],
    ['ffmpeg version 2025-01-05-git-19c95ecbff-full_build Copyright', UNRELEASED],
    ['something else 5.1', undefined],
  ] as const) {
    it(banner, () => assert.deepEqual(parseFfmpegVersion(banner), version));
  }
});
