/**
 * Runs a step without the advertisement for tfjs-node that TensorFlow.js's cpu backend prints by
 * `console.warn` with the
 * first tensor in Node. Other warnings pass.
 */
export async function withoutBanner(step: () => Promise<void>): Promise<void> {
  const warn = console.warn;
  console.warn = (...values: unknown[]) => {
    if (!String(values[0]).includes('Hi, looks like you are running TensorFlow.js in Node.js'))
      warn(...values);
  };
  try {
    await step();
  } finally {
    console.warn = warn;
  }
}
