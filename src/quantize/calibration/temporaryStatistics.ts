import { rm } from 'node:fs/promises';
import { openStatistics } from './openStatistics';
import type { CalibrationData } from './statistics';

/** Opens a file of statistics that was gathered here and is removed when it is closed. */
export async function openTemporaryStatistics(file: string): Promise<CalibrationData> {
  const data = await openStatistics(file, () => false);
  return {
    ...data,
    async close() {
      await data.close();
      await rm(file, { force: true });
    },
  };
}
