import * as vscode from 'vscode';

/** The person went back to the question before. */
export const BACK = Symbol('back');

export interface Place {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
}

/**
 * One question of several. It returns the answers so far with its own, `BACK`, or `undefined` where the
 * person gave up; and the answers as they were where there is nothing to ask.
 */
export type Question<Answers> = (
  answers: Answers,
  place: Place,
) => Promise<Answers | typeof BACK | undefined>;

/** Asks one question after another, with a way back; `undefined` where the person gave up. */
export async function ask<Answers>(
  title: string,
  questions: readonly Question<Answers>[],
  suggested: Answers,
): Promise<Answers | undefined> {
  const before: Answers[] = [];
  let answers = suggested;
  while (before.length < questions.length) {
    const step = before.length + 1;
    const answer = await questions[before.length]!(answers, { title, step, totalSteps: questions.length });
    if (answer === undefined) return undefined;
    if (answer === BACK) {
      answers = before.pop() ?? suggested;
    } else {
      before.push(answers);
      answers = answer;
    }
  }
  return answers;
}

export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/** Asks to pick one of `choices`, with the one whose value is `suggested` under the cursor. */
export async function pick<T>(
  place: Place,
  placeholder: string,
  choices: readonly Choice<T>[],
  suggested: T,
): Promise<T | typeof BACK | undefined> {
  const box = vscode.window.createQuickPick<Choice<T>>();
  try {
    box.title = place.title;
    box.step = place.step;
    box.totalSteps = place.totalSteps;
    box.placeholder = placeholder;
    box.items = choices;
    box.activeItems = choices.filter(({ value }) => value === suggested);
    box.matchOnDescription = true;
    box.ignoreFocusOut = true;
    if (place.step > 1) box.buttons = [vscode.QuickInputButtons.Back];
    return await new Promise((resolve) => {
      box.onDidAccept(() => resolve(box.selectedItems[0]?.value));
      box.onDidTriggerButton(() => resolve(BACK));
      box.onDidHide(() => resolve(undefined));
      box.show();
    });
  } finally {
    box.dispose();
  }
}
