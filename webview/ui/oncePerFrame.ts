/** Milliseconds of a frame after which what still waits to be painted waits for the next one. */
const LONG_ENOUGH = 12;

const waiting = new Set<() => void>();
let isAsked = false;

/**
 * Calls `paint` once in the next frame, however often it is asked. Where many ask, as charts do that zoom together or
 * are all new, they take turns over some frames: none of them is long.
 */
export function oncePerFrame(paint: () => void): () => void {
  return () => {
    waiting.add(paint);
    askForFrame();
  };
}

function askForFrame(): void {
  if (isAsked) return;
  isAsked = true;
  requestAnimationFrame(paintWaiting);
}

function paintWaiting(): void {
  isAsked = false;
  const start = performance.now();
  for (const paint of [...waiting]) {
    waiting.delete(paint);
    paint();
    if (performance.now() - start > LONG_ENOUGH) break;
  }
  if (waiting.size > 0) askForFrame();
}
