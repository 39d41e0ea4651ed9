import { afterAll, afterEach, beforeAll } from 'vitest';
import { openEditor, type Editor, type EditorOptions } from './editor';
import { saveScreenshot } from './screenshots';

/**
 * Opens one editor for all tests of a file and closes it after them; what is on the screen when a test
 * fails is saved.
 * @returns how the tests get at it
 */
export function useEditor(options: EditorOptions = {}): () => Editor {
  let opened: Editor | undefined;
  const editor = (): Editor => {
    if (!opened) throw new Error('The editor is open only while tests run.');
    return opened;
  };
  beforeAll(async () => {
    opened = await openEditor(options);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    await saveScreenshot(editor().page, `failed ${task.name}`.replace(/\W+/g, '-'));
  });
  afterAll(() => opened?.close());
  return editor;
}
