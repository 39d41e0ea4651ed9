/**
 * The result of `work`, or the reason of `signal` as soon as it is aborted: for work that looks at its signal
 * only between long pieces, and whose result nobody needs any more.
 */
export async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let abandon = () => {
    // Set below, before anybody can call it.
  };
  const aborted = new Promise<never>((_, reject) => {
    abandon = () => reject(signal.reason as Error);
  });
  if (signal.aborted) abandon();
  else signal.addEventListener('abort', abandon, { once: true });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', abandon);
  }
}
