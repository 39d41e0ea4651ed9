import { UserError } from '../protocol/userError';

/** A file as its bytes arrive. */
export type ByteStream = AsyncIterable<Uint8Array>;

/**
 * Opens a file for reading from its start. What has no scheme, or the scheme `file:`, is a path where Node
 * runs, and in a browser counts from the page.
 * @throws UserError `download-failed`
 */
export async function openStream(location: string): Promise<ByteStream> {
  if (isLocal(location)) return openFile(location);
  const response = await fetch(location).catch((cause: unknown) => {
    throw failed(location, 'the server cannot be reached', cause);
  });
  if (!response.ok || response.body === null) {
    throw failed(location, `the server answered ${response.status} ${response.statusText}`.trim());
  }
  return readBody(response.body, location);
}

/** Reads a whole file as text. */
export async function readText(location: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of await openStream(location)) text += decoder.decode(bytes, { stream: true });
  return text + decoder.decode();
}

/** The location of a file that another one names; names count from the folder of the other. */
export function beside(location: string, name: string): string {
  const [place = ''] = isLocal(location) ? [location] : /^[^?#]*/.exec(location)!;
  return place.slice(0, place.lastIndexOf('/') + 1) + name;
}

function isLocal(location: string): boolean {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(location)?.[1]?.toLowerCase();
  return (
    scheme === 'file' || (scheme === undefined && typeof process === 'object' && 'node' in process.versions)
  );
}

function openFile(location: string): ByteStream {
  // Not an import, which bundlers for the web would follow: this is for Node alone.
  const fs = process.getBuiltinModule('node:fs');
  const stream = fs.createReadStream(location.startsWith('file:') ? new URL(location) : location);
  return readLocal(stream as AsyncIterable<Uint8Array>, location);
}

async function* readLocal(stream: ByteStream, location: string): ByteStream {
  try {
    yield* stream;
  } catch (cause) {
    throw failed(location, (cause as Error).message, cause);
  }
}

/** Not every browser can iterate a stream. Turning away early ends the download. */
async function* readBody(body: ReadableStream<Uint8Array>, location: string): ByteStream {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw failed(location, 'the connection broke off', cause);
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function failed(location: string, why: string, cause?: unknown): UserError {
  return new UserError(
    'download-failed',
    `${location} could not be loaded: ${why}.`,
    'Check that the model and all files that it names are where the page looks for them.',
    { cause },
  );
}
