import { expect, it } from 'vitest';
import { environmentOn } from '../../../../bench/train/gpu';

it('hides GPUs from contestants on the CPU, and nothing else', () => {
  const environment = { PATH: '/bin', CUDA_VISIBLE_DEVICES: '1' };
  expect(environmentOn('cpu', environment)).toEqual({ PATH: '/bin', CUDA_VISIBLE_DEVICES: '-1' });
  expect(environmentOn('gpu', environment)).toEqual(environment);
});
