/** Streams that FFmpeg itself sends, as cameras and services do: RTMP, and live HLS behind a web server. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { freePort } from '../support/node-red';

const PICTURE = 'testsrc=size=320x240:rate=15';
const ENCODER = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '15'];

/** Why FFmpeg cannot send here; undefined when it can. */
export function ffmpegServerMissing(): string | undefined {
  const { error, stdout } = spawnSync('ffmpeg', ['-hide_banner', '-encoders'], { encoding: 'utf8' });
  return !error && stdout.includes('libx264') ? undefined : 'the test streams need an ffmpeg with libx264';
}

export interface StreamServer {
  readonly url: string;
  stop: () => Promise<void>;
}

function send(...output: string[]): ChildProcess {
  const args = ['-loglevel', 'error', '-re', '-f', 'lavfi', '-i', PICTURE, ...ENCODER, ...output];
  return spawn('ffmpeg', args, { stdio: 'ignore' });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Waits for one player and ends when that one leaves. */
export async function startRtmp(): Promise<StreamServer> {
  const url = `rtmp://127.0.0.1:${await freePort()}/live/camera`;
  const child = send('-f', 'flv', '-listen', '1', url);
  return { url, stop: () => end(child) };
}

export async function startHls(): Promise<StreamServer> {
  const folder = mkdtempSync(join(tmpdir(), 'arcflow-hls-'));
  const child = send(
    '-f',
    'hls',
    '-hls_time',
    '1',
    '-hls_flags',
    'delete_segments',
    join(folder, 'camera.m3u8'),
  );
  const server = createServer(({ url = '' }, response) => {
    const file = join(folder, basename(url));
    if (existsSync(file)) createReadStream(file).pipe(response);
    else response.writeHead(404).end();
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/camera.m3u8`,
    stop: async () => {
      await end(child);
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
