import type { ChartHost } from '../ui/chartFrame';
import { element } from '../ui/dom';

/** A page of its own saves files as a browser does: as downloads. */
export const DOWNLOADS: ChartHost = {
  saveImage: (name, png) => download(name, new Blob([Uint8Array.from(png)], { type: 'image/png' })),
  saveText: (name, text) => {
    const type = name.endsWith('.svg') ? 'image/svg+xml' : 'text/csv';
    download(name, new Blob([text], { type }));
  },
};

function download(name: string, content: Blob): void {
  const link = element('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has read the address when the click returns, but not yet its content.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
