import type { ChartFile } from '../../src/protocol/messages';
import type { ChartHost } from './chartFrame';

/** Files that a chart makes are saved by the extension host: a webview cannot write any. */
export function savingHost(post: (file: ChartFile) => void): ChartHost {
  return {
    saveImage: (suggestedName, png) => post({ type: 'saveImage', suggestedName, png }),
    saveText: (suggestedName, text) => post({ type: 'saveText', suggestedName, text }),
  };
}
