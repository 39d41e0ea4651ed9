import { QUANTITIES, type VerdictEvent } from '../../protocol/instruments';
import type { InstrumentsView } from '../../protocol/messages';
import { measured } from '../quantities';

/** What a run has said of its experiment up to now: the latest of each quantity and its verdicts. */
export class ExperimentReadings {
  private readonly latest = new Map<string, number>();
  verdicts: readonly VerdictEvent[] = [];

  /** Takes in a snapshot or what is new since. */
  add(view: InstrumentsView | undefined): void {
    for (const { name, values } of view?.readings ?? []) {
      const value = values.at(-1);
      if (value !== undefined) this.latest.set(name, value);
    }
    this.verdicts = view?.verdicts ?? this.verdicts;
  }

  /** Warnings and notices about a field of the experiment. */
  get findings(): readonly (VerdictEvent & { readonly field: string })[] {
    return this.verdicts.flatMap((verdict) =>
      verdict.level !== 'good' && verdict.field !== undefined ? [{ ...verdict, field: verdict.field }] : [],
    );
  }

  /** What stands beside the optimizer, and what each number is; `undefined` before the first reading. */
  hint(): { readonly label: string; readonly explained: readonly string[] } | undefined {
    const read = HINTED.flatMap(({ quantity, word }) => {
      const value = this.latest.get(quantity);
      return value === undefined ? [] : [{ quantity, text: `${word} ${measured(value)}` }];
    });
    if (read.length === 0) return undefined;
    return {
      label: read.map(({ text }) => text).join(' · '),
      explained: read.map(({ quantity, text }) => `${text}: ${QUANTITIES[quantity]?.estimator ?? ''}`),
    };
  }
}

const HINTED = [
  { quantity: 'effectiveStep', word: 'effective step' },
  { quantity: 'stabilityMargin', word: 'stability margin' },
] as const;
