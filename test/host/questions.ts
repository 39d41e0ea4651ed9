import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { ask, BACK, pick, type Place, type Question } from '../../src/host/questions';
import { test, until } from './registry';

interface Answers {
  readonly color: string;
  readonly size?: number;
}

/** A question that answers itself from a list, and writes down where it stood. */
function scripted(
  replies: (Partial<Answers> | typeof BACK | undefined)[],
  seen: string[],
  name: string,
  applies: (answers: Answers) => boolean = () => true,
): Question<Answers> {
  return {
    applies,
    ask: (answers, { step, totalSteps }: Place) => {
      seen.push(`${name} ${step}/${totalSteps}`);
      const reply = replies.shift();
      return Promise.resolve(reply === undefined || reply === BACK ? reply : { ...answers, ...reply });
    },
  };
}

test('questions that do not apply are left out, also on the way back', async () => {
  const seen: string[] = [];
  const questions = [
    scripted([{ color: 'red' }, { color: 'blue' }], seen, 'color'),
    scripted([{ size: 3 }], seen, 'size', ({ color }) => color === 'blue'),
    scripted([BACK, {}], seen, 'last'),
  ];
  assert.deepEqual(await ask('Test', questions, { color: '' }), { color: 'blue', size: 3 });
  assert.deepEqual(seen, ['color 1/2', 'last 2/2', 'color 1/2', 'size 2/3', 'last 3/3']);
});

test('giving up at any question gives up all', async () => {
  const questions = [scripted([{ color: 'red' }], [], 'color'), scripted([undefined], [], 'last')];
  assert.equal(await ask('Test', questions, { color: '' }), undefined);
});

test('a pick has the suggestion under the cursor', async () => {
  const choices = ['one', 'two', 'three'].map((label) => ({ label, value: label }));
  const picked = pick({ title: 'Test', step: 1, totalSteps: 1 }, 'Number', choices, 'two');
  let done = false;
  void picked.then(() => (done = true));
  await until('picked', async () => {
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    return done || undefined;
  });
  assert.equal(await picked, 'two');
});
