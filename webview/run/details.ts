import { ENGINE_NAMES, type EngineId } from '../../src/protocol/engine';
import type { JobSpec, SweepSpec, TrainSpec } from '../../src/protocol/jobSpec';
import type { SweepAxis } from '../../src/protocol/sweep';
import { element } from '../ui/dom';
import { formatCount } from '../ui/format';
import type { RunModel } from '../ui/runModel';

export interface Details {
  readonly element: HTMLElement;
  update(run: RunModel): void;
}

type Fact = readonly [name: string, value: string];

/** What was asked for, enough to run it again, and where it lies. A model's path opens it. */
export function details(open: (path: string) => void): Details {
  const list = element('dl', { class: 'details' });
  let shown = '';
  return {
    element: list,
    update: (run) => {
      const facts = [...factsOf(run.spec), ...placesOf(run)];
      if (JSON.stringify(facts) === shown) return;
      shown = JSON.stringify(facts);
      list.replaceChildren(
        ...facts.flatMap(([name, value]) => [
          element('dt', { text: name }),
          element('dd', {}, name === 'Model' ? link(value, () => open(value)) : value),
        ]),
      );
    },
  };
}

function placesOf({ summary, engine }: RunModel): readonly Fact[] {
  return [
    ...(engine === undefined ? [] : [['Engine', engine] as const]),
    ['Run', summary.id],
    ['Folder', summary.folder],
  ];
}

function factsOf(spec: JobSpec): readonly Fact[] {
  if (spec.job === 'quantize') {
    return [
      ['Model', spec.input],
      ['Method', spec.method],
      ['Bits a weight', String(spec.bits)],
      ['Form', spec.form],
      ['Group size', formatCount(spec.groupSize)],
      ['Seed', String(spec.seed)],
    ];
  }
  if (spec.job === 'study') {
    return [
      ['Study', spec.study],
      ['Size', spec.quick ? 'quick' : 'full'],
      ['Seed', String(spec.seed)],
    ];
  }
  return spec.job === 'sweep' ? [...sweepFacts(spec), ...trainFacts(spec.trial)] : trainFacts(spec);
}

function sweepFacts({ axes, draws, seeds, jobs }: SweepSpec): readonly Fact[] {
  const isDrawn = axes.some(({ kind }) => kind === 'random');
  return [
    ['Varied', axes.map(axisText).join('\n')],
    ...(isDrawn ? [['Draws', formatCount(draws)] as const] : []),
    ['Seeds', formatCount(seeds)],
    ['At the same time', formatCount(jobs)],
  ];
}

function axisText(axis: SweepAxis): string {
  if (axis.kind === 'grid') return `${axis.path}: ${axis.values.join(', ')}`;
  return `${axis.path}: ${axis.low} to ${axis.high}${axis.scale === 'log' ? ', logarithmic' : ''}`;
}

function trainFacts(spec: TrainSpec): readonly Fact[] {
  const overrides = Object.entries(spec.overrides).map(([path, value]) => `${path}=${String(value)}`);
  return [
    ['Experiment', spec.experiment],
    ['Engine asked for', engineAskedFor(spec.engine)],
    ...(spec.epochs === undefined ? [] : [['Epochs', formatCount(spec.epochs)] as const]),
    ...(spec.maxSteps === undefined ? [] : [['Step limit', formatCount(spec.maxSteps)] as const]),
    ...(spec.seed === undefined ? [] : [['Seed', String(spec.seed)] as const]),
    ...(overrides.length === 0
      ? []
      : [['Settings over the experiment’s own', overrides.join('\n')] as const]),
    ...(spec.weights === undefined ? [] : [['Starts from', spec.weights] as const]),
    ...(spec.resume === undefined ? [] : [['Goes on from', spec.resume] as const]),
    ...(spec.sweep === undefined ? [] : [['Trial of', spec.sweep] as const]),
  ];
}

function engineAskedFor(engine: EngineId | 'best'): string {
  return engine === 'best' ? 'the best that can be used' : ENGINE_NAMES[engine];
}

function link(text: string, press: () => void): HTMLElement {
  const node = element('button', { class: 'link', text, attributes: { type: 'button' } });
  node.addEventListener('click', press);
  return node;
}
