import { beforeAll, describe, expect, test } from 'vitest';
import { ENGINE_IDS, type EngineId } from '../../../src/protocol/engine';
import { expectClose } from './closeness';
import { runOnEngine } from './engineProcess';
import type { NetworkGradients } from './programs/networkGradients';

const NETWORKS = [
  'dense',
  'convolution, stride 1, same',
  'convolution, stride 2, valid',
  'convolution, stride 2, same',
  'depthwise',
  'embedding',
];

describe('every engine computes the gradients of the cpu engine', () => {
  const measured = new Map<EngineId, Readonly<Record<string, NetworkGradients>>>();
  beforeAll(async () => {
    for (const id of ENGINE_IDS) {
      const { result } = await runOnEngine('networkGradients', id);
      measured.set(id, result as Record<string, NetworkGradients>);
    }
  });

  for (const id of ['tensorflow', 'wasm'] as const) {
    test.each(NETWORKS)(`${id}: %s`, (network) => {
      const actual = measured.get(id)![network]!;
      const expected = measured.get('cpu')![network]!;
      expectClose([actual.loss], [expected.loss], 'loss');
      expect(Object.keys(actual.gradients).sort()).toEqual(Object.keys(expected.gradients).sort());
      for (const [name, gradient] of Object.entries(expected.gradients)) {
        expect(gradient.some((value) => value !== 0)).toBe(true);
        expectClose(actual.gradients[name]!, gradient, `gradient of ${name}`);
      }
    });
  }
});
