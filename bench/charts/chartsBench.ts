import type { Bench } from '../bench';
import { firstPictureRow } from './firstPictureRow';
import { panZoomRow } from './panZoomRow';

export const chartsBench: Bench = {
  name: 'charts',
  what: 'frames of the run panel with a million points, in Chromium',
  sources: {
    'first-picture': firstPictureRow,
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
