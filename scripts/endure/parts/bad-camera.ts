/** A camera that sends JPEG after JPEG over HTTP, as network cameras do, and that fails in all the ways in which they fail. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const FAULTS = [
  'drops the connection',
  'drops it within a picture',
  'refuses connections',
  'stalls',
  'sends rubbish',
  'sends damaged pictures',
  'answers with an error',
  'answers with a page',
  'asks for a password',
  'ends the stream',
] as const;
export type Fault = (typeof FAULTS)[number];

const BOUNDARY = 'frame';
const RATE = 15;
const RUBBISH = Buffer.alloc(64 * 1024, 0x5a);

export class BadCamera {
  private readonly viewers = new Set<ServerResponse>();
  private readonly timer: NodeJS.Timeout;
  private fault: Fault | undefined;
  private sent = 0;

  private constructor(
    private readonly server: Server,
    readonly port: number,
    private readonly pictures: readonly Buffer[],
  ) {
    server.on('request', (_request, response) => this.admit(response));
    this.timer = setInterval(() => this.send(), 1000 / RATE);
  }

  static async start(pictures: readonly Buffer[]): Promise<BadCamera> {
    const server = createServer();
    await listen(server, 0);
    return new BadCamera(server, (server.address() as AddressInfo).port, pictures);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/video.mjpg`;
  }

  /** Fails from now on, until it recovers. */
  async fail(fault: Fault): Promise<void> {
    this.fault = fault;
    switch (fault) {
      case 'stalls':
      case 'sends rubbish':
      case 'sends damaged pictures':
        return;
      case 'ends the stream':
        this.viewers.forEach((viewer) => viewer.end());
        return;
      case 'drops it within a picture':
        for (const viewer of this.viewers) viewer.write(part(this.pictures[0]!).subarray(0, 3000));
        break;
      case 'refuses connections':
        await this.close();
        return;
      default:
    }
    this.server.closeAllConnections();
  }

  async recover(): Promise<void> {
    const { fault } = this;
    this.fault = undefined;
    if (fault === 'refuses connections') await listen(this.server, this.port);
    // Whoever still waits has a connection of which nothing good comes any more.
    if (fault === 'sends rubbish') this.server.closeAllConnections();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    if (this.server.listening) await this.close();
  }

  private async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private admit(response: ServerResponse): void {
    if (this.fault === 'answers with an error') return void response.writeHead(503).end();
    if (this.fault === 'answers with a page')
      return void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Camera</h1>');
    if (this.fault === 'asks for a password')
      return void response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="camera"' }).end();
    if (this.fault?.startsWith('drops') === true) return void response.destroy();
    response.writeHead(200, { 'Content-Type': `multipart/x-mixed-replace; boundary=${BOUNDARY}` });
    this.viewers.add(response);
    response.once('close', () => this.viewers.delete(response));
  }

  private send(): void {
    if (this.fault === 'stalls') return;
    const picture = this.pictures[this.sent++ % this.pictures.length]!;
    const bytes =
      this.fault === 'sends rubbish'
        ? RUBBISH
        : this.fault === 'sends damaged pictures'
          ? part(picture.subarray(0, picture.length / 3))
          : part(picture);
    for (const viewer of this.viewers) viewer.write(bytes);
  }
}

function part(jpeg: Buffer): Buffer {
  const head = `--${BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), jpeg, Buffer.from('\r\n')]);
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
