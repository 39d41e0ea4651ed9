import { SourceMap, type SourceMapPayload } from 'node:module';
import path from 'node:path';

/** Finds the line of a user's source that an error came from, through the source map of its bundle. */
export class SourceLines {
  private readonly map: SourceMap;

  /**
   * @param bundle the name under which the bundle was compiled, as it stands in stack traces
   * @param folder absolute; the map's sources count from it
   */
  constructor(
    private readonly bundle: string,
    private readonly folder: string,
    map: string,
  ) {
    this.map = new SourceMap(JSON.parse(map) as SourceMapPayload);
  }

  /** `name.ts:12:5` of the topmost frame in a source of the user's own; `undefined` where there is none. */
  locate(error: unknown): string | undefined {
    if (!(error instanceof Error) || error.stack === undefined) return undefined;
    for (const line of error.stack.split('\n')) {
      const at = line.indexOf(`${this.bundle}:`);
      const position = at < 0 ? null : /^(\d+):(\d+)/.exec(line.slice(at + this.bundle.length + 1));
      const location =
        position === null ? undefined : this.original(Number(position[1]), Number(position[2]));
      if (location !== undefined) return location;
    }
    return undefined;
  }

  private original(line: number, column: number): string | undefined {
    const entry = this.map.findEntry(line - 1, column - 1);
    if (!('originalSource' in entry) || entry.originalSource.includes('node_modules')) return undefined;
    const file = path.resolve(this.folder, entry.originalSource);
    return `${path.relative(this.folder, file)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  }
}
