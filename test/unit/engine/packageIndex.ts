import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { wheelFor } from '../../../src/engine/tensorflow/wheel';

export interface PackageIndex {
  readonly url: string;
  /** Settled when a client has received the first bytes of the wheel. */
  readonly downloading: Promise<void>;
  /** Settled when that client has hung up. */
  readonly disconnected: Promise<void>;
  close(): Promise<void>;
}

/**
 * A Python package index on this machine that offers a small wheel of the right name and the wrong
 * content, nothing at all (`empty`), or one whose download never ends (`stall`).
 */
export async function packageIndex({ empty = false, stall = false }): Promise<PackageIndex> {
  const { file, package: name } = wheelFor();
  const wheel = smallWheel();
  const sha256 = createHash('sha256').update(wheel).digest('hex');
  const client = new EventEmitter<{ receives: []; leaves: [] }>();
  const downloading = once(client, 'receives').then(() => undefined);
  const disconnected = once(client, 'leaves').then(() => undefined);
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    if (request.url === `/simple/${name}/`) {
      const files = empty ? [] : [{ filename: file, url: `/files/${file}`, hashes: stall ? {} : { sha256 } }];
      response.setHeader('content-type', 'application/vnd.pypi.simple.v1+json');
      response.end(JSON.stringify({ meta: { 'api-version': '1.0' }, name, files }));
    } else if (request.url === `/files/${file}` && stall) {
      response.setHeader('content-length', wheelFor().bytes);
      response.once('close', () => client.emit('leaves'));
      response.write(Buffer.alloc(1_000_000), () => client.emit('receives'));
    } else if (request.url === `/files/${file}`) {
      response.end(wheel);
    } else {
      response.statusCode = 404;
      response.end();
    }
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`,
    downloading,
    disconnected,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A wheel that pip accepts: an archive with nothing but the package's description. */
function smallWheel(): Buffer {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'weightroom-wheel-'));
  try {
    const { file, package: name, version } = wheelFor();
    const target = path.join(folder, file);
    const info = `${name.replace('-', '_')}-${version}.dist-info`;
    const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
    wheel.writestr('${info}/METADATA', 'Metadata-Version: 2.1\\nName: ${name}\\nVersion: ${version}\\n')
    wheel.writestr('${info}/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: false\\nTag: cp311-cp311-linux\\n')
    wheel.writestr('${info}/RECORD', '')
`;
    execFileSync('python3', ['-c', script, target]);
    return readFileSync(target);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
