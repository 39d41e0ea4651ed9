import './main.css';
import type { RunView } from '../../src/protocol/messages';
import { decodeReport, type ReportSection } from '../../src/protocol/report';
import { dataTable } from '../ui/dataTable';
import { element, type Child } from '../ui/dom';
import { FIRST_QUANTIZATION_VIEW, quantizationReport } from '../ui/quantization/quantizationReport';
import { modelOf } from '../ui/runModel';
import { runsSection } from './runsSection';
import { DOWNLOADS } from './saving';
import { followSystemTheme } from './systemTheme';

followSystemTheme();
const source = document.getElementById('report')?.textContent;
if (source !== undefined) {
  const report = decodeReport(source);
  document.body.append(
    element(
      'main',
      { attributes: { id: 'app' } },
      element(
        'header',
        { class: 'report-head' },
        element('h1', { text: report.title }),
        element('p', { class: 'quiet', text: report.subtitle }),
      ),
      ...report.sections.flatMap(sectionElements),
    ),
  );
}

function sectionElements(section: ReportSection): readonly HTMLElement[] {
  if (section.kind === 'quantization') return quantizationSections(section.run);
  const heading = element('h2', { text: section.heading });
  return [element('section', { class: 'report-section' }, heading, ...body(section))];
}

/** The parts of the panel on a quantization; what is chosen in them lasts as long as the page. */
function quantizationSections(run: RunView): readonly HTMLElement[] {
  const parts = quantizationReport(DOWNLOADS, { view: FIRST_QUANTIZATION_VIEW, onView: () => undefined });
  parts.update(modelOf(run));
  return parts.sections;
}

function body(section: Exclude<ReportSection, { readonly kind: 'quantization' }>): readonly Child[] {
  switch (section.kind) {
    case 'text':
      return section.paragraphs.map((text) => element('p', { text }));
    case 'table':
      return [
        dataTable({ caption: section.heading, columns: section.columns, rows: section.rows }),
        note(section.note),
      ];
    case 'runs':
      return [...runsSection(section.runs), note(section.note)];
  }
}

function note(text: string | undefined): Child {
  return text === undefined ? undefined : element('p', { class: 'note', text });
}
