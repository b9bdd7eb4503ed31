/** Starts rtsp-server.py as a camera for tests. */
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Debian's own interpreter: the GStreamer bindings are installed for that one. */
const PYTHON = '/usr/bin/python3';
const SCRIPT = join(__dirname, 'rtsp-server.py');
const CHECK = [
  'import gi',
  'gi.require_version("Gst", "1.0")',
  'gi.require_version("GstRtspServer", "1.0")',
  'from gi.repository import Gst, GstRtspServer',
  'Gst.init(None)',
  'missing = [n for n in ("videotestsrc", "x264enc", "rtph264pay") if not Gst.ElementFactory.find(n)]',
  'assert not missing, missing',
].join('\n');

/** Why no RTSP server can be started here; undefined when one can. */
export function rtspServerMissing(): string | undefined {
  const { error, status } = spawnSync(PYTHON, ['-c', CHECK]);
  if (!error && status === 0) return undefined;
  return 'the RTSP test server needs gir1.2-gst-rtsp-server-1.0, python3-gi and gstreamer1.0-plugins-{base,good,ugly}';
}

export interface RtspServerOptions {
  /** 0 for any free one. */
  readonly port?: number;
  readonly width?: number;
  readonly height?: number;
  readonly rate?: number;
  readonly auth?: 'basic' | 'digest';
  readonly user?: string;
  readonly password?: string;
}

export class RtspServer {
  private constructor(
    private readonly process: ChildProcessByStdio<null, Readable, null>,
    readonly port: number,
  ) {}

  static async start(options: RtspServerOptions = {}): Promise<RtspServer> {
    const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    const child = spawn(PYTHON, [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
    for await (const line of createInterface({ input: child.stdout })) {
      const port = /^port (\d+)$/.exec(line)?.[1];
      if (port !== undefined) return new RtspServer(child, Number(port));
    }
    throw new Error('The RTSP server ended before it listened');
  }

  get url(): string {
    return `rtsp://127.0.0.1:${this.port}/camera`;
  }

  /** As if the camera's plug were pulled: no goodbye. */
  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exit = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exit;
  }

  /** The server holds its connections open and sends nothing. */
  freeze(): void {
    this.process.kill('SIGSTOP');
  }
}
