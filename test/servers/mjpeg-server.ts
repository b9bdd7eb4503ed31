/** A camera for tests that sends JPEG after JPEG over HTTP, as network cameras do. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const BOUNDARY = 'frame';

export interface MjpegServerOptions {
  /** 0 for any free one. */
  readonly port?: number;
  readonly framesPerSecond: number;
  /** The n-th picture since the server started. */
  readonly picture: (n: number) => Buffer;
  /** "user:password" that every request must bring. */
  readonly login?: string;
  /** As small cameras send it: the boundary behind each picture instead of before, or another type of the parts. */
  readonly manner?: 'boundary behind' | 'image/jpg';
}

export class MjpegServer {
  private readonly viewers = new Set<ServerResponse>();
  private readonly timer: NodeJS.Timeout;
  private sent = 0;
  /** While true, connections stay open and no picture comes. */
  stalled = false;
  private readonly manner: MjpegServerOptions['manner'];
  picture: (n: number) => Buffer;

  private constructor(
    private readonly server: Server,
    { framesPerSecond, picture, login, manner }: MjpegServerOptions,
  ) {
    this.picture = picture;
    this.manner = manner;
    const expected = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
    server.on('request', (request, response) => {
      if (expected === undefined || request.headers.authorization === expected) this.admit(response);
      else response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="camera"' }).end();
    });
    this.timer = setInterval(() => this.send(), 1000 / framesPerSecond);
  }

  static async start(options: MjpegServerOptions): Promise<MjpegServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
    return new MjpegServer(server, options);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/video.mjpg`;
  }

  /** Whether somebody is connected. */
  get watched(): boolean {
    return this.viewers.size > 0;
  }

  /** Cuts every connection. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private admit(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': `multipart/x-mixed-replace; boundary=${BOUNDARY}` });
    this.viewers.add(response);
    response.once('close', () => this.viewers.delete(response));
  }

  private send(): void {
    if (this.stalled) return;
    const jpeg = this.picture(this.sent++);
    const boundary = `--${BOUNDARY}\r\n`;
    const type = this.manner === 'image/jpg' ? 'image/jpg' : 'image/jpeg';
    const head = Buffer.from(`Content-Type: ${type}\r\nContent-Length: ${jpeg.length}\r\n\r\n`);
    const part =
      this.manner === 'boundary behind'
        ? [head, jpeg, Buffer.from(`\r\n${boundary}`)]
        : [Buffer.from(boundary), head, jpeg, Buffer.from('\r\n')];
    for (const viewer of this.viewers) viewer.write(Buffer.concat(part));
  }
}
