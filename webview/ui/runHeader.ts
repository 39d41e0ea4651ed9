import { canResume } from '../../src/protocol/resume';
import { isOver, type RunState } from '../../src/protocol/run';
import { callout } from './callout';
import { button } from './controls';
import { element, setText, type Child } from './dom';
import { formatDuration, formatPercent } from './format';
import { icon, type IconName } from './icons';
import type { RunModel } from './runModel';

export interface RunHeaderActions {
  cancel(): void;
  /** For runs that can be gone on with. */
  resume?(): void;
  showLog(): void;
  export(format: 'html' | 'csv'): void;
}

export interface RunHeader {
  readonly element: HTMLElement;
  update(model: RunModel): void;
  /** The run's folder was removed while the panel was open. */
  gone(): void;
}

const STATES: Record<RunState, { readonly label: string; readonly icon: IconName }> = {
  queued: { label: 'Queued', icon: 'wait' },
  running: { label: 'Running', icon: 'run' },
  done: { label: 'Done', icon: 'check' },
  failed: { label: 'Failed', icon: 'error' },
  cancelled: { label: 'Cancelled', icon: 'stop' },
  lost: { label: 'Lost', icon: 'lost' },
};

const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

/** Below this share of the work a guess of the time left is worth nothing. */
const GUESS_FROM = 0.03;

/** Name, state, engine, time, progress, and what went wrong: the head of every panel on a run. */
export function runHeader(actions: RunHeaderActions): RunHeader {
  const name = element('h1');
  const pill = element('span', { class: 'state' });
  const facts = element('div', { class: 'facts' });
  const cancel = button('Cancel', () => {
    cancel.setEnabled(false);
    actions.cancel();
  });
  const resume = button('Resume', () => actions.resume?.());
  const commands = element(
    'div',
    { class: 'commands' },
    cancel.element,
    resume.element,
    button('Export HTML', () => actions.export('html')).element,
    button('Export CSV', () => actions.export('csv')).element,
    button('Show Log', () => actions.showLog()).element,
  );
  const bar = element('progress', { attributes: { max: '1', 'aria-label': 'Progress of the run' } });
  const what = element('span');
  const left = element('span', { class: 'left' });
  const progress = element(
    'div',
    { class: 'progress' },
    bar,
    element('div', { class: 'progress-text' }, what, left),
  );
  const trouble = element('div', { attributes: { 'aria-live': 'assertive' } });
  let told = '';
  let shown: { model: RunModel; received: number } | undefined;

  const elapsed = () => {
    if (!shown) return 0;
    const { model, received } = shown;
    const since = isOver(model.summary.state) ? 0 : (performance.now() - received) / 1000;
    return model.summary.seconds + since;
  };

  const drawFacts = () => {
    if (!shown) return;
    const { summary, engine, spec } = shown.model;
    const asked = spec.job === 'sweep' ? spec.trial.seed : spec.seed;
    const seed = asked === undefined ? undefined : `seed ${asked}`;
    const started = DATE.format(summary.started);
    const texts = [engine, `started ${started}`, wholeDuration(elapsed()), seed].filter(
      (text) => text !== undefined,
    );
    if (facts.childElementCount !== texts.length) {
      facts.replaceChildren(...texts.map(() => element('span')));
    }
    texts.forEach((text, k) => setText(facts.children[k] as HTMLElement, text));
    // The rate is that of the latest progress; what has passed since is off the rest.
    const fraction = summary.progress?.fraction ?? 0;
    const rest = summary.seconds / fraction - elapsed();
    setText(left, fraction < GUESS_FROM || rest < 0.5 ? '' : `about ${wholeDuration(Math.ceil(rest))} left`);
  };
  setInterval(() => {
    if (shown && !isOver(shown.model.summary.state)) drawFacts();
  }, 1000);

  const tell = (key: string, ...content: readonly Child[]) => {
    if (key === told) return;
    told = key;
    trouble.replaceChildren(...content.filter((child) => child !== undefined));
  };

  const drawTrouble = ({ summary }: RunModel) => {
    const { state, error, logTail } = summary;
    const log = logTail && logTail.length > 0 ? logTail : undefined;
    const box = element('pre', {
      text: log?.join('\n') ?? '',
      attributes: { tabindex: '0', 'aria-label': 'End of the log' },
    });
    const showLog = button('Show Log', () => actions.showLog());
    if (state === 'failed') {
      tell(
        JSON.stringify([state, error, log]),
        callout(
          'error',
          error?.message ?? 'The run failed.',
          error?.remedy ?? '',
          log && box,
          showLog.element,
        ),
      );
    } else if (state === 'lost') {
      tell(
        JSON.stringify([state, log]),
        callout(
          'warning',
          'The process of this run has given no sign of life for a while.',
          'It ran on another machine: look there, or run it again.',
          log && box,
          showLog.element,
        ),
      );
    } else tell('');
  };

  return {
    element: element(
      'header',
      { class: 'run-header' },
      element('div', { class: 'title' }, name, pill, element('div', { class: 'spring' }), commands),
      facts,
      progress,
      trouble,
    ),
    update: (model) => {
      const { summary } = model;
      shown = { model, received: performance.now() };
      const state = STATES[summary.state];
      setText(name, summary.name);
      document.title = summary.name;
      if (pill.dataset['state'] !== summary.state) {
        pill.dataset['state'] = summary.state;
        pill.replaceChildren(icon(state.icon), state.label);
      }
      const over = isOver(summary.state);
      cancel.element.hidden = over;
      resume.element.hidden = !actions.resume || !canResume(summary, model.spec);
      progress.hidden = over;
      if (summary.progress) {
        bar.value = summary.progress.fraction;
        setText(what, `${formatPercent(summary.progress.fraction)} · ${summary.progress.what}`);
      } else {
        bar.removeAttribute('value');
        setText(what, summary.state === 'queued' ? 'Waiting for its process to start' : 'Starting');
      }
      drawFacts();
      drawTrouble(model);
    },
    gone: () => {
      shown = undefined;
      progress.hidden = true;
      commands.hidden = true;
      tell(
        'gone',
        callout(
          'warning',
          'The folder of this run is gone.',
          'What is shown here is what was last read of it.',
        ),
      );
    },
  };
}

/** While it runs, tenths of seconds would only flicker. */
function wholeDuration(seconds: number): string {
  const whole = seconds >= 10 || Number.isInteger(seconds);
  return seconds < 60 && whole ? `${Math.round(seconds)} s` : formatDuration(seconds);
}
