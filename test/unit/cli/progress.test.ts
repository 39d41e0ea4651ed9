import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { expect, it } from 'vitest';
import { Progress } from '../../../src/cli/progress';

/** What is written while a step is shown on a stream like a terminal of so many columns, or on none. */
function shown(terminal: { readonly columns: number } | undefined, quiet = false): string {
  const stream = new PassThrough();
  const progress = new Progress(
    Object.assign(stream, { isTTY: terminal !== undefined, ...terminal }) as unknown as WriteStream,
    quiet,
  );
  progress.update({ what: 'encoder/kernel', done: 1, total: 4, unit: 'weights' });
  return (stream.read() as Buffer | null)?.toString() ?? '';
}

it('is a bar on a terminal, cut to its width; a line elsewhere; nothing where quiet', () => {
  const bar = `${'█'.repeat(6)}${'░'.repeat(18)} `;
  expect(shown({ columns: 100 })).toBe(`\r${bar}25 %  encoder/kernel\u001b[K`);
  expect(shown({ columns: 30 })).toBe(`\r${bar}25 %\u001b[K`);
  // Under some programs a terminal does not know its width.
  expect(shown({ columns: 0 })).toBe(shown({ columns: 100 }));
  expect(shown(undefined)).toBe('25 %  encoder/kernel\n');
  expect(shown({ columns: 100 }, true)).toBe('');
});
