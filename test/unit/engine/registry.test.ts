import path from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { weightroomHome } from '../../../src/engine/home';
import { probeEngines } from '../../../src/engine/registry';
import { ENGINE_IDS } from '../../../src/protocol/engine';
import { runOnEngine } from './engineProcess';
import type { Loaded } from './programs/loadEngine';

describe('the engines', () => {
  test('are listed best first, and each can be used and says why', async () => {
    const statuses = await probeEngines();
    expect(statuses.map(({ id }) => id)).toEqual(ENGINE_IDS);
    for (const status of statuses) {
      expect(status).toMatchObject({ usable: true });
      expect(status.device).toMatch(/thread|NVIDIA/);
      expect(status.reason).toMatch(/\.$/);
      expect(status.version).toMatch(/^\d+\.\d+\.\d+/);
    }
  });

  test.each(ENGINE_IDS)('%s loads once, alone in its process, and trains without leaking', async (id) => {
    const loaded = (await runOnEngine('loadEngine', id)).result as Loaded;
    expect(loaded).toMatchObject({ id, backend: id, again: true, leaked: 0 });
    expect(loaded.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(loaded.device).toMatch(/1 thread|NVIDIA/);
    expect(loaded.refusal).toContain(`This process computes on ${id}`);
  });

  test('the best one is tensorflow where it is installed', async () => {
    expect((await runOnEngine('loadEngine', 'best')).result).toMatchObject({ id: 'tensorflow' });
  });
});

describe('the folder of what is installed for a user', () => {
  afterEach(() => vi.unstubAllEnvs());

  test('is the one that the user chose', () => {
    vi.stubEnv('WEIGHTROOM_HOME', path.join('some', 'where'));
    expect(weightroomHome()).toBe(path.resolve('some', 'where'));
  });

  test('follows XDG_DATA_HOME, unless it is relative', () => {
    vi.stubEnv('WEIGHTROOM_HOME', '');
    vi.stubEnv('XDG_DATA_HOME', '/data');
    expect(weightroomHome()).toBe('/data/weightroom');
    vi.stubEnv('XDG_DATA_HOME', 'data');
    vi.stubEnv('HOME', '/home/somebody');
    expect(weightroomHome()).toBe('/home/somebody/.local/share/weightroom');
  });
});
