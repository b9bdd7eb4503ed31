/**
 * A process that decodes with node-av as ffmpeg would: raw RGB frames on standard output, a showinfo line for each
 * and the problem on standard error. The job comes as one line of JSON on standard input; when that closes, the
 * parent is gone and so is this process.
 */
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Decoder, Demuxer, FFHWDeviceType, Frame, Packet, Stream } from 'node-av' with {
  'resolution-mode': 'import',
};
import { messageOf } from '../../core/errors';
import type { DecodeJob } from './ffmpeg-arguments';
import { formatFrameInfo } from './frame-info';
import type { Hardware } from '../source/options';

const importNodeAv = () => import('node-av');
type NodeAv = Awaited<ReturnType<typeof importNodeAv>>;

/** What a request to end does; with a camera open, it wakes the reader, which then says goodbye. */
const leaving = { requested: false, act: (): void => process.exit(0) };
process.once('SIGTERM', () => {
  leaving.requested = true;
  leaving.act();
});

const lines = createInterface({ input: process.stdin });
// Not process.exit, which would wait for a read from a silent camera.
lines.once('close', () => process.kill(process.pid, 'SIGKILL'));
lines.once('line', (line) => {
  decode(JSON.parse(line) as DecodeJob).then(
    () => process.exit(0),
    (error: unknown) => {
      const reason = messageOf(error).replace(/^Failed to open input: /, '');
      process.stderr.write(`[fatal] ${reason.replaceAll('\n', ' ')}\n`, () => process.exit(1));
    },
  );
});

async function decode({ input, filters, hardware, threads, seekSeconds }: DecodeJob): Promise<void> {
  const av = await loadNodeAv();
  const demuxer = await av.Demuxer.open(input.url.replace(/^file:/, ''), {
    ...(input.format && { format: input.format }),
    options: { ...input.options },
  });
  leaving.act = () => demuxer.interrupt();
  try {
    const stream = demuxer.video();
    if (!stream) throw new Error('it holds no video');
    if (seekSeconds > 0) await demuxer.seek(demuxer.startTime + seekSeconds, -1, av.AVSEEK_FLAG_BACKWARD);
    const decoder = await openDecoder(av, stream, hardware, threads);
    const decoded = from(demuxer.startTime + seekSeconds, decoder.frames(packets(demuxer, stream, av)), av);
    let n = 0;
    for await (const frame of av.FilterAPI.create(filters).frames(decoded)) {
      if (!frame) continue;
      const { width, height } = frame;
      await write(
        process.stderr,
        `${formatFrameInfo(n++, { width, height, seconds: secondsOf(frame, av) })}\n`,
      );
      await write(process.stdout, frame.toBuffer());
      frame.free();
    }
  } catch (error) {
    if (!leaving.requested) throw error;
  } finally {
    await demuxer.close();
  }
}

/** node-av uses Promise.withResolvers, which Node.js has from 22 on. */
async function loadNodeAv(): Promise<NodeAv> {
  if (!('withResolvers' in Promise)) Object.assign(Promise, { withResolvers });
  return importNodeAv();
}

function withResolvers(): object {
  const executor: { resolve?: unknown; reject?: unknown } = {};
  const promise = new Promise((resolve, reject) => Object.assign(executor, { resolve, reject }));
  return { promise, ...executor };
}

async function openDecoder(
  av: NodeAv,
  stream: Stream,
  hardware: Hardware,
  threadCount: number,
): Promise<Decoder> {
  // As ffmpeg does, go on after a broken packet.
  const options = { exitOnError: false, context: { threadCount }, ...pixelShape(stream) };
  if (hardware === 'v4l2m2m') return av.Decoder.create(stream, av.FF_DECODER_H264_V4L2M2M, options);
  if (hardware === 'none') return av.Decoder.create(stream, options);
  const device =
    hardware === 'auto' ? av.HardwareContext.auto() : av.HardwareContext.create(hardware as FFHWDeviceType);
  if (!device && hardware !== 'auto') throw new Error(`no ${hardware} device was found`);
  if (device) {
    const rescale = { pixelFormat: av.AV_PIX_FMT_YUV420P };
    const onDevice = await av.Decoder.create(stream, { ...options, hardware: device, rescale });
    if (onDevice.isHardware()) return onDevice;
    onDevice.close();
  }
  // As ffmpeg does with a format that the device does not know. Frames of the processor need no rescaling, and some
  // formats, such as those of MJPEG, do not survive it.
  return av.Decoder.create(stream, options);
}

/** The container's word on the shape of pixels counts more than the codec's, as in ffmpeg. */
function pixelShape({ sampleAspectRatio: { num, den } }: Stream): {
  sarOverride?: { num: number; den: number };
} {
  return num > 0 && den > 0 ? { sarOverride: { num, den } } : {};
}

/** Wait for a live device that has nothing yet: what ffmpeg waits. */
const RETRY_MS = 10;

/**
 * Reads a packet when one is asked for. Demuxer.packets() would read ahead and then, waiting for room in its queue,
 * turn in a loop that takes a whole core.
 */
async function* packets(demuxer: Demuxer, stream: Stream, av: NodeAv): AsyncGenerator<Packet | null> {
  const context = demuxer.getFormatContext();
  for (;;) {
    const packet = new av.Packet();
    packet.alloc();
    const code = await context.readFrame(packet);
    if (code >= 0 && packet.streamIndex === stream.index) {
      packet.timeBase = stream.timeBase;
      yield packet;
      continue;
    }
    packet.free();
    if (code === av.AVERROR_EOF) break;
    if (code === av.AVERROR_EAGAIN) await delay(RETRY_MS);
    else av.FFmpegError.throwIfError(code);
  }
  // Asks the decoder for the frames that it still holds.
  yield null;
}

/** Seeking goes to the key frame before the time asked for; what lies between is decoded and dropped. */
async function* from(
  seconds: number,
  frames: AsyncIterable<Frame | null>,
  av: NodeAv,
): AsyncGenerator<Frame | null, void, undefined> {
  for await (const frame of frames) {
    const time = frame && secondsOf(frame, av);
    if (frame && time !== undefined && time !== null && time < seconds) frame.free();
    else yield frame;
  }
}

function secondsOf({ pts, timeBase }: Frame, av: NodeAv): number | undefined {
  return pts === av.AV_NOPTS_VALUE ? undefined : (Number(pts) * timeBase.num) / timeBase.den;
}

/** Resolves when the pipe has taken it: the parent's pace is this process's pace. */
function write(pipe: Writable, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    pipe.write(data, (error) => (error ? reject(error) : resolve()));
  });
}
