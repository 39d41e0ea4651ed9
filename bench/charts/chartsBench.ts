import type { Bench } from '../bench';
import { openingRows } from './openingRows';
import { panZoomRow } from './panZoomRow';

export const chartsBench: Bench = {
  name: 'charts',
  what: 'the run panel with a million points, in Chromium: its frames, and how it opens',
  sources: {
    opening: openingRows,
    'pan-zoom': panZoomRow({
      id: 'charts.pan-zoom',
      what: 'A million points, zoomed and moved',
    }),
    smoothed: panZoomRow({
      id: 'charts.smoothed',
      what: 'The same under a moving average',
      prepare: (page) => page.smooth(20),
    }),
    growing: panZoomRow({
      id: 'charts.growing',
      what: 'The same, smoothed, while 500 points come ten times a second',
      prepare: async (page) => {
        await page.smooth(20);
        await page.grow(500);
      },
    }),
  },
};
