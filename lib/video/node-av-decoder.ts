/**
 * A process that decodes with node-av as ffmpeg would: raw RGB frames on standard output, a showinfo line for each
 * and the problem on standard error. The job comes as one line of JSON on standard input; when that closes, the
 * parent is gone and so is this process.
 */
import { createInterface } from 'node:readline';
import type { Decoder, FFHWDeviceType, Frame, Stream } from 'node-av' with { 'resolution-mode': 'import' };
import { messageOf } from '../errors';
import type { DecodeJob } from './ffmpeg-arguments';
import { formatFrameInfo } from './frame-info';
import type { Hardware } from './options';

const importNodeAv = () => import('node-av');
type NodeAv = Awaited<ReturnType<typeof importNodeAv>>;

const goodbye = new AbortController();
process.once('SIGTERM', () => goodbye.abort());

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

async function decode({ input, filters, hardware, seekSeconds }: DecodeJob): Promise<void> {
  const av = await loadNodeAv();
  const demuxer = await av.Demuxer.open(input.url.replace(/^file:/, ''), {
    ...(input.format && { format: input.format }),
    options: { ...input.options },
    signal: goodbye.signal,
  });
  try {
    const stream = demuxer.video();
    if (!stream) throw new Error('it holds no video');
    if (seekSeconds > 0) await demuxer.seek(demuxer.startTime + seekSeconds, -1, av.AVSEEK_FLAG_BACKWARD);
    const decoder = await openDecoder(av, stream, hardware);
    const decoded = from(demuxer.startTime + seekSeconds, decoder.frames(demuxer.packets(stream.index)), av);
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
    if (!goodbye.signal.aborted) throw error;
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

async function openDecoder(av: NodeAv, stream: Stream, hardware: Hardware): Promise<Decoder> {
  // As ffmpeg does, go on after a broken packet and use all cores.
  const options = { exitOnError: false, context: { threadCount: 0 } };
  if (hardware === 'v4l2m2m') return av.Decoder.create(stream, av.FF_DECODER_H264_V4L2M2M, options);
  if (hardware === 'none') return av.Decoder.create(stream, options);
  const device =
    hardware === 'auto' ? av.HardwareContext.auto() : av.HardwareContext.create(hardware as FFHWDeviceType);
  if (!device && hardware !== 'auto') throw new Error(`no ${hardware} device was found`);
  return av.Decoder.create(stream, {
    ...options,
    hardware: device,
    rescale: { pixelFormat: av.AV_PIX_FMT_YUV420P },
  });
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
function write(pipe: NodeJS.WriteStream, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    pipe.write(data, (error) => (error ? reject(error) : resolve()));
  });
}
