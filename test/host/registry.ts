/**
 * A test runner of a few lines: Vitest and node:test want a process of their own, and these tests live in
 * the one of the extension host.
 */
interface HostTest {
  readonly name: string;
  readonly body: () => Promise<void> | void;
}

const tests: HostTest[] = [];
/** Milliseconds that one test may take. */
const LIMIT = 120_000;

/** Declares a test; they run one after the other, in the order of their declaration. */
export function test(name: string, body: HostTest['body']): void {
  tests.push({ name, body });
}

/** Runs every test and prints `ok` or `not ok` for each. Rejects where one failed. */
export async function runAll(): Promise<void> {
  let failures = 0;
  for (const [k, { name, body }] of tests.entries()) {
    try {
      await withinLimit(body);
      console.log(`ok ${k + 1} - ${name}`);
    } catch (error) {
      failures++;
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      console.log(`not ok ${k + 1} - ${name}\n${reason.replace(/^/gm, '    ')}`);
    }
  }
  if (failures > 0) throw new Error(`${failures} of ${tests.length} tests failed.`);
}

async function withinLimit(body: HostTest['body']): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It took longer than ${LIMIT / 1000} s.`)), LIMIT);
  });
  try {
    await Promise.race([body(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks `look` again and again until it gives something, and returns that.
 * @throws Error that names `what` after `seconds`
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  seconds = 30,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`After ${seconds} s: still not ${what}.`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}
