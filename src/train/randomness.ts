import { Random } from '../math/random';

/**
 * Seed of one of the independent random streams of a run: FNV-1a over the seed, the stream's name and
 * an index (epoch, step). Streams depend on the position alone, so that a resumed run draws what an
 * uninterrupted one would have drawn.
 */
export function streamSeed(seed: number, stream: string, index = 0): number {
  let hash = 0x811c9dc5;
  for (const character of `${seed}/${stream}/${index}`) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  }
  return hash;
}

/**
 * Runs `body` while `Math.random` draws from a seeded stream. TensorFlow.js takes the seed of every
 * random operation that was given none from `Math.random`: initial weights, dropout masks, noise, in
 * layers and in hand-written models alike. This one place makes them all repeatable, and does so for
 * whatever a user's code draws itself. An asynchronous body is covered until its promise settles.
 */
export function withSeededRandom<T>(seed: number, body: () => T): T {
  const random = new Random(seed);
  const original = Math.random;
  const restore = (): void => {
    Math.random = original;
  };
  Math.random = () => random.uniform();
  let result: T;
  try {
    result = body();
  } catch (error) {
    restore();
    throw error;
  }
  if (!(result instanceof Promise)) {
    restore();
    return result;
  }
  return result.finally(restore) as T;
}
