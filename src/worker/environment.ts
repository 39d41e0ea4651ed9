import { arch, hostname, platform, release } from 'node:os';
import { version } from '../../package.json';
import type { LoadedEngine } from '../engine/engine';
import type { RunEnvironment } from '../protocol/run';

/** Where this process runs, and with which engine once there is one. */
export function describeEnvironment(engine?: LoadedEngine): RunEnvironment {
  return {
    host: hostname(),
    platform: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    weightroom: version,
    ...(engine && { engine: { id: engine.id, device: engine.device, version: engine.version } }),
  };
}
