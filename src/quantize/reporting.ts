/** Least time between two reports, in milliseconds. */
const INTERVAL = 100;

/**
 * Runs `work` and yields what it reports meanwhile, the latest at most every 100 ms; returns its result.
 * A consumer that turns away early aborts the signal that `work` was given.
 */
export async function* reporting<Report, Result>(
  signal: AbortSignal,
  work: (report: (value: Report) => void, signal: AbortSignal) => Promise<Result>,
): AsyncGenerator<Report, Result> {
  const abandoned = new AbortController();
  let pending: { readonly value: Report } | undefined;
  let settled = false;
  let wake = () => {
    // Nobody waits yet.
  };
  let last = performance.now();
  const result = work(
    (value) => {
      if (performance.now() - last < INTERVAL) return;
      pending = { value };
      wake();
    },
    AbortSignal.any([signal, abandoned.signal]),
  );
  const end = () => {
    settled = true;
    wake();
  };
  result.then(end, end);
  const isSettled = () => settled;
  try {
    for (;;) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (isSettled() || pending !== undefined) resolve();
      });
      if (isSettled()) return await result;
      if (pending !== undefined) {
        const { value } = pending;
        pending = undefined;
        last = performance.now();
        yield value;
      }
    }
  } finally {
    abandoned.abort();
  }
}
