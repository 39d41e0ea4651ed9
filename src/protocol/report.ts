/** A self-contained HTML report: what `export --html` and the demo write, what `webview/report` draws. */
import type { RunView } from './messages';

export interface ReportDocument {
  readonly title: string;
  readonly subtitle: string;
  readonly sections: readonly ReportSection[];
}

export type ReportSection =
  | { readonly kind: 'text'; readonly heading: string; readonly paragraphs: readonly string[] }
  | {
      readonly kind: 'table';
      readonly heading: string;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly (string | number)[])[];
      readonly note?: string;
    }
  /** Several runs over one another: their curves, or their tensors' errors. */
  | {
      readonly kind: 'runs';
      readonly heading: string;
      readonly runs: readonly RunView[];
      readonly note?: string;
    };
