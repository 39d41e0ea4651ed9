import * as vscode from 'vscode';

/** The person went back to the question before. */
export const BACK = Symbol('back');

export interface Place {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
}

/** One question of several. */
export interface Question<Answers> {
  /** Whether it is worth asking, after these answers. */
  applies(answers: Answers): boolean;
  /** The answers with its own, `BACK`, or `undefined` where the person gave up. */
  ask(answers: Answers, place: Place): Promise<Answers | typeof BACK | undefined>;
}

/**
 * Asks one question after another, with a way back, and leaves out those that do not apply; `undefined`
 * where the person gave up.
 */
export async function ask<Answers>(
  title: string,
  questions: readonly Question<Answers>[],
  suggested: Answers,
): Promise<Answers | undefined> {
  const before: { readonly at: number; readonly answers: Answers }[] = [];
  let answers = suggested;
  for (let at = 0; at < questions.length;) {
    const question = questions[at]!;
    if (!question.applies(answers)) {
      at += 1;
      continue;
    }
    const left = questions.slice(at).filter((later) => later.applies(answers)).length;
    const place = { title, step: before.length + 1, totalSteps: before.length + left };
    const answer = await question.ask(answers, place);
    if (answer === undefined) return undefined;
    if (answer === BACK) {
      ({ at, answers } = before.pop() ?? { at, answers });
    } else {
      before.push({ at, answers });
      answers = answer;
      at += 1;
    }
  }
  return answers;
}

export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/**
 * Asks to pick one of `choices`, with the one whose value is `suggested` under the cursor.
 * @param typed the choice that a typed text stands for, where it is none of the list
 */
export async function pick<T>(
  place: Place,
  placeholder: string,
  choices: readonly Choice<T>[],
  suggested: T,
  typed?: (text: string) => Choice<T> | undefined,
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
    if (typed) {
      box.onDidChangeValue((text) => {
        const choice = typed(text);
        box.items = choice ? [{ ...choice, alwaysShow: true }, ...choices] : choices;
        // The suggestion may not match what was typed; then the first that does is chosen by the editor.
        if (choice) box.activeItems = [box.items[0]!];
        else if (text === '') box.activeItems = choices.filter(({ value }) => value === suggested);
      });
    }
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
