import './main.css';
import { decodeReport, type ReportSection } from '../../src/protocol/report';
import { dataTable } from '../ui/dataTable';
import { element, type Child } from '../ui/dom';
import { runsSection } from './runsSection';
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
      ...report.sections.map((section) =>
        element(
          'section',
          { class: 'report-section' },
          element('h2', { text: section.heading }),
          ...body(section),
        ),
      ),
    ),
  );
}

function body(section: ReportSection): readonly Child[] {
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
