/** A self-contained HTML report: what `export --html` and the demo write, what `webview/report` draws. */
import type { RunView, Series } from './messages';

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
  /** One quantization, with all that its panel shows, under headings of its own. */
  | { readonly kind: 'quantization'; readonly run: RunView }
  /** Several runs over one another: their curves, or their tensors' errors. */
  | {
      readonly kind: 'runs';
      readonly heading: string;
      readonly runs: readonly RunView[];
      readonly note?: string;
    };

/** A column of a {@link Series} as JSON: numbers, and the texts `NaN`, `Infinity`, `-Infinity`. */
type Column = readonly (number | string)[];

/** Marks the number that a text stands for, where a column does not say so already. */
const NUMBER_KEY = '$number';

/**
 * The document as JSON that may stand inside a `script` element of type `application/json`. Columns are
 * plain lists; numbers that JSON lacks are the texts `NaN`, `Infinity` and `-Infinity`, in a column as
 * they are and elsewhere as `{"$number": "NaN"}`, so that no name or table cell is mistaken for one.
 */
export function encodeReport(document: ReportDocument): string {
  const json = JSON.stringify(document, (_key, value: unknown) => {
    if (value instanceof Float64Array) return Array.from(value, columnEntry);
    if (typeof value === 'number' && !Number.isFinite(value)) return { [NUMBER_KEY]: String(value) };
    return value;
  });
  // No end of the element, no comment and no line that old parsers take for one.
  return json.replace(/[<\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The document that {@link encodeReport} made this text from, its columns typed arrays again. */
export function decodeReport(text: string): ReportDocument {
  return JSON.parse(text, (key, value: unknown) => {
    if (COLUMN_KEYS.includes(key) && Array.isArray(value)) return Float64Array.from(value as Column, Number);
    if (typeof value === 'object' && value !== null && NUMBER_KEY in value) return Number(value[NUMBER_KEY]);
    return value;
  }) as ReportDocument;
}

const COLUMN_KEYS: readonly string[] = [
  'steps',
  'epochs',
  'seconds',
  'values',
] satisfies readonly (keyof Series)[];

function columnEntry(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
