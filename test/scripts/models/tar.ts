/** Makes tarballs and a registry of the npm protocol that serves them, so that tests need no network. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** A package's tarball with these files, by path inside the package. */
export function tarball(files: Readonly<Record<string, Uint8Array>>): Buffer {
  const blocks = Object.entries(files).flatMap(([path, content]) => {
    const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
    return [header(`package/${path}`, content.length), content, padding];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

function header(path: string, size: number): Buffer {
  const block = Buffer.alloc(512);
  // A long path is split at a slash: its beginning goes into the prefix field.
  const cut = path.length > 100 ? path.lastIndexOf('/', 154) : -1;
  block.write(path.slice(cut + 1), 0);
  if (cut > 0) block.write(path.slice(0, cut), 345);
  block.write('0000644\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('        0', 148);
  block.write('ustar\0', 257);
  block.write('00', 263);
  block.write(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return block;
}

export interface Registry {
  readonly url: string;
  readonly integrity: string;
  close(): Promise<void>;
}

/** Serves version 1.0.0 of one package. */
export async function serveRegistry(name: string, content: Buffer): Promise<Registry> {
  const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`;
  const server = createServer((request, response) => {
    if (request.url?.endsWith('.tgz') === true) {
      response.end(content);
      return;
    }
    const tarball = `${url}/${name}-1.0.0.tgz`;
    const versions = { '1.0.0': { name, version: '1.0.0', dist: { tarball, integrity } } };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ name, 'dist-tags': { latest: '1.0.0' }, versions }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): Promise<void> =>
    new Promise((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  return { url, integrity, close };
}
