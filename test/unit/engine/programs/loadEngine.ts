/** Prints what an engine says of itself when it is loaded, and whether a second one is refused. */
import { loadEngine } from '../../../../src/engine/registry';
import { ENGINE_IDS, type EngineId } from '../../../../src/protocol/engine';

export interface Loaded {
  readonly id: EngineId;
  readonly backend: string;
  readonly device: string;
  readonly version: string;
  /** Whether loading the same engine again gave the same one. */
  readonly again: boolean;
  /** What loading another engine into this process threw. */
  readonly refusal: string;
  /** Tensors more after ten training steps than after the first. */
  readonly leaked: number;
}

void main(process.argv[2] as EngineId | 'best');

async function main(wanted: EngineId | 'best'): Promise<void> {
  const engine = await loadEngine(wanted, { threads: 1 });
  const { id, tf, device, version } = engine;
  const again = (await loadEngine(wanted)) === engine && (await loadEngine('best')) === engine;
  const other = ENGINE_IDS.find((candidate) => candidate !== id)!;
  const refusal = await loadEngine(other).then(
    () => '',
    (error: unknown) => String(error),
  );

  const weights = tf.variable(tf.ones([3, 2]));
  const optimizer = tf.train.adam(0.01);
  const step = () => {
    optimizer.minimize(() =>
      tf.tidy(() =>
        tf
          .matMul(tf.ones([4, 3]), weights)
          .square()
          .mean(),
      ),
    );
    return tf.memory().numTensors;
  };
  const first = step();
  let last = first;
  for (let i = 0; i < 9; i++) last = step();
  const backend = tf.getBackend();
  const loaded: Loaded = { id, backend, device, version, again, refusal, leaked: last - first };
  process.stdout.write(JSON.stringify(loaded));
}
