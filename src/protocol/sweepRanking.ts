import {
  isMaximized,
  type SettingResult,
  type SweepPlan,
  type SweepSummary,
  type TrialResult,
} from './sweep';

/** The metric that judges where none is named: the first of these that some trial has measured. */
const USUAL_METRICS = ['testAccuracy', 'testLoss', 'trainLoss'];

/**
 * Sums up the trials of a sweep: for every setting the mean of the metric's final values over the seeds and their
 * standard deviation (n − 1), the best setting first. Settings of which a trial did not end well stand after all that
 * are whole, whatever their mean: a setting that diverges with every third seed is no winner.
 */
export function summarizeTrials(plan: SweepPlan, trials: readonly TrialResult[]): SweepSummary {
  const metric = plan.metric ?? USUAL_METRICS.find((name) => trials.some(({ final }) => name in final));
  const maximize = plan.maximize ?? (metric === undefined ? undefined : isMaximized(metric));
  const settings = groupBySetting(trials).map((group) => settingResult(group, metric));
  const sign = maximize === true ? -1 : 1;
  return {
    job: 'sweep',
    ...(metric !== undefined && { metric }),
    ...(maximize !== undefined && { maximize }),
    trials,
    settings: settings.sort((a, b) => rank(a) - rank(b) || sign * ((a.mean ?? 0) - (b.mean ?? 0)) || 0),
  };
}

function groupBySetting(trials: readonly TrialResult[]): readonly (readonly TrialResult[])[] {
  const groups = new Map<string, TrialResult[]>();
  for (const trial of trials) {
    const key = JSON.stringify(trial.parameters);
    groups.set(key, [...(groups.get(key) ?? []), trial]);
  }
  return [...groups.values()];
}

function settingResult(trials: readonly TrialResult[], metric: string | undefined): SettingResult {
  const ended = trials.filter(({ state }) => state === 'done');
  const values = ended.flatMap(({ final }) => {
    const value = metric === undefined ? undefined : final[metric];
    return value === undefined ? [] : [value];
  });
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    parameters: trials[0]!.parameters,
    runs: trials.map(({ run }) => run),
    done: ended.length,
    ...(values.length > 0 && { mean }),
    ...(values.length > 1 && { deviation: Math.sqrt(squares / (values.length - 1)) }),
  };
}

/** 0: whole; 1: some trials did not end well; 2: no figure at all. */
function rank({ mean, done, runs }: SettingResult): number {
  if (mean === undefined || Number.isNaN(mean)) return 2;
  return done === runs.length ? 0 : 1;
}
