import type {
  LayersModel,
  Optimizer,
  Rank,
  Scalar,
  SymbolicTensor,
  Tensor,
  Variable,
} from '@tensorflow/tfjs';
import type { TensorFlow } from '../../../src/engine/engine';

/** A training step with its batches, and the variables that tell whether two of them went the same way. */
export interface Case {
  readonly step: (...inputs: Tensor[]) => Tensor | Tensor[];
  readonly batch: (i: number) => Tensor[];
  readonly weights: () => Tensor[];
}

/** Builds a case from seeds: calling it twice gives two that begin equal. */
export type CaseMaker = (tf: TensorFlow) => Case;

const BATCHES = 4;

export function normal(tf: TensorFlow, shape: number[], seed: number, deviation = 1): Tensor {
  return tf.randomNormal(shape, 0, deviation, 'float32', seed);
}

export function labels(tf: TensorFlow, size: number, classes: number, seed: number): Tensor {
  return tf.tidy(() =>
    tf.cast(tf.oneHot(tf.randomUniform([size], 0, classes, 'int32', seed), classes), 'float32'),
  );
}

function batches(make: (i: number) => Tensor[]): (i: number) => Tensor[] {
  const all = Array.from({ length: BATCHES }, (_, i) => make(i));
  return (i) => all[i % BATCHES]!;
}

/** A network of two layers by hand: softmax cross-entropy of `[32, 20]` to five classes. */
export function twoLayers(tf: TensorFlow): {
  readonly parameters: Variable[];
  readonly loss: (x: Tensor, y: Tensor) => Scalar;
  readonly batch: Case['batch'];
} {
  const parameters = [
    tf.variable(normal(tf, [20, 16], 1, 0.3)),
    tf.variable(normal(tf, [16], 2, 0.1)),
    tf.variable(normal(tf, [16, 5], 3, 0.3)),
    tf.variable(normal(tf, [5], 4, 0.1)),
  ];
  const [w1, b1, w2, b2] = parameters as [Variable, Variable, Variable, Variable];
  const loss = (x: Tensor, y: Tensor): Scalar =>
    tf.losses.softmaxCrossEntropy<Tensor, Scalar>(
      y,
      tf.add(tf.matMul(tf.tanh(tf.add(tf.matMul(x, w1), b1)), w2), b2),
    );
  const batch = batches((i) => [normal(tf, [32, 20], 50 + i), labels(tf, 32, 5, 60 + i)]);
  return { parameters, loss, batch };
}

/** `twoLayers` under one of TensorFlow.js's optimizers. */
export function withOptimizer(make: (tf: TensorFlow) => Optimizer): CaseMaker {
  return (tf) => {
    const { parameters, loss, batch } = twoLayers(tf);
    const optimizer = make(tf);
    return {
      step: (x, y) => optimizer.minimize(() => loss(x, y), true, parameters)!,
      batch,
      weights: () => parameters,
    };
  };
}

/** A layers model under Adam with softmax cross-entropy of logits. */
function layersCase(
  tf: TensorFlow,
  model: LayersModel,
  batch: Case['batch'],
  optimizer: Optimizer = tf.train.adam(1e-3),
): Case {
  const loss = (x: Tensor, y: Tensor): Scalar =>
    model
      .calculateLosses()
      .reduce<Scalar>(
        (sum, term) => tf.add(sum, term),
        tf.losses.softmaxCrossEntropy<Tensor, Scalar>(y, model.apply(x, { training: true }) as Tensor),
      );
  return {
    step: (x, y) => optimizer.minimize(() => loss(x, y), true)!,
    batch,
    weights: () => model.weights.map((weight) => weight.read()),
  };
}

const convolutional: CaseMaker = (tf) => {
  const initial = (seed: number) => tf.initializers.glorotNormal({ seed });
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [12, 12, 1],
        filters: 8,
        kernelSize: 3,
        padding: 'same',
        // Batch normalization takes a bias away again: its gradient is rounding, which Adam makes large.
        useBias: false,
        kernelInitializer: initial(1),
      }),
      tf.layers.batchNormalization(),
      tf.layers.activation({ activation: 'relu' }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({
        filters: 8,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: initial(2),
        kernelRegularizer: tf.regularizers.l2({ l2: 1e-3 }),
      }),
      tf.layers.averagePooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 5, kernelInitializer: initial(3) }),
    ],
  });
  return layersCase(
    tf,
    model,
    batches((i) => [normal(tf, [16, 12, 12, 1], 100 + i), labels(tf, 16, 5, 200 + i)]),
  );
};

const separableAndTransposed: CaseMaker = (tf) => {
  const initial = (seed: number) => tf.initializers.glorotNormal({ seed });
  const model = tf.sequential({
    layers: [
      tf.layers.separableConv2d({
        inputShape: [8, 8, 2],
        filters: 6,
        kernelSize: 3,
        padding: 'same',
        activation: 'elu',
        depthwiseInitializer: initial(1),
        pointwiseInitializer: initial(2),
      }),
      tf.layers.conv2dTranspose({
        filters: 4,
        kernelSize: 2,
        strides: 2,
        activation: 'sigmoid',
        kernelInitializer: initial(3),
      }),
      tf.layers.depthwiseConv2d({ kernelSize: 3, strides: 2, depthwiseInitializer: initial(4) }),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: 5, kernelInitializer: initial(5) }),
    ],
  });
  return layersCase(
    tf,
    model,
    batches((i) => [normal(tf, [8, 8, 8, 2], 100 + i), labels(tf, 8, 5, 200 + i)]),
  );
};

function residualBlock(tf: TensorFlow, x: Tensor, w: readonly Variable[]): Tensor {
  const [filter1, gain1, filter2, gain2] = w as [Variable, Variable, Variable, Variable];
  const normalized = (h: Tensor, gain: Variable): Tensor => {
    const { mean, variance } = tf.moments(h, [0, 1, 2]);
    return tf.mul(tf.mul(tf.sub(h, mean), tf.rsqrt(tf.add(variance, 1e-5))), gain);
  };
  const conv = (h: Tensor, filter: Variable): Tensor => tf.conv2d(h as never, filter as never, 1, 'same');
  const inner = tf.relu(normalized(conv(x, filter1), gain1));
  return tf.relu(tf.add(x, normalized(conv(inner, filter2), gain2)));
}

const residual: CaseMaker = (tf) => {
  const stem = tf.variable(normal(tf, [3, 3, 3, 8], 1, 0.2));
  const blocks = Array.from({ length: 3 }, (_, b) => [
    tf.variable(normal(tf, [3, 3, 8, 8], 10 * b + 2, 0.1)),
    tf.variable(tf.ones([8])),
    tf.variable(normal(tf, [3, 3, 8, 8], 10 * b + 3, 0.1)),
    tf.variable(tf.ones([8])),
  ]);
  const head = tf.variable(normal(tf, [8, 5], 99, 0.3));
  const optimizer = tf.train.momentum(0.05, 0.9, true);
  return {
    step: (x, y) =>
      optimizer.minimize(() => {
        const first = tf.conv2d(x as never, stem as never, 1, 'same') as Tensor;
        const features = blocks.reduce((h, w) => residualBlock(tf, h, w), first);
        return tf.losses.softmaxCrossEntropy<Tensor, Scalar>(y, tf.matMul(tf.mean(features, [1, 2]), head));
      }, true)!,
    batch: batches((i) => [normal(tf, [8, 8, 8, 3], 100 + i), labels(tf, 8, 5, 200 + i)]),
    weights: () => [stem, ...blocks.flat(), head],
  };
};

/** ResNet-20 of TensorFlow.js's layers, on images of 8 × 8: nine blocks of two convolutions with batch normalization. */
export const resnet20: CaseMaker = (tf) => {
  let seed = 0;
  const convolution = (x: SymbolicTensor, filters: number, kernelSize: number, strides: number) => {
    const kernelInitializer = tf.initializers.heNormal({ seed: ++seed });
    const options = {
      filters,
      kernelSize,
      strides,
      padding: 'same',
      useBias: false,
      kernelInitializer,
    } as const;
    return tf.layers.batchNormalization().apply(tf.layers.conv2d(options).apply(x)) as SymbolicTensor;
  };
  const relu = (x: SymbolicTensor) => tf.layers.reLU().apply(x) as SymbolicTensor;
  const image = tf.input({ shape: [8, 8, 3] });
  let x = relu(convolution(image, 16, 3, 1));
  for (const filters of [16, 32, 64]) {
    for (let block = 0; block < 3; block++) {
      const isWider = filters > 16 && block === 0;
      const strides = isWider ? 2 : 1;
      const branch = convolution(relu(convolution(x, filters, 3, strides)), filters, 3, 1);
      const shortcut = isWider ? convolution(x, filters, 1, strides) : x;
      x = relu(tf.layers.add().apply([branch, shortcut]) as SymbolicTensor);
    }
  }
  const features = tf.layers.globalAveragePooling2d({}).apply(x);
  const kernelInitializer = tf.initializers.glorotNormal({ seed: ++seed });
  const logits = tf.layers.dense({ units: 5, kernelInitializer }).apply(features) as SymbolicTensor;
  return layersCase(
    tf,
    tf.model({ inputs: image, outputs: logits }),
    batches((i) => [normal(tf, [8, 8, 8, 3], 100 + i), labels(tf, 8, 5, 200 + i)]),
    tf.train.momentum(1e-3, 0.9),
  );
};

/** One pre-norm block on bytes, with dropout whose masks are the same in every step, and decoupled weight decay. */
const transformer: CaseMaker = (tf) => {
  const [batch, time, width, heads, vocabulary] = [4, 12, 16, 2, 32] as const;
  const make = (shape: number[], seed: number): Variable => tf.variable(normal(tf, shape, seed, 0.1));
  const ones = (): Variable => tf.variable(tf.ones([width]));
  const zeros = (size: number = width): Variable => tf.variable(tf.zeros([size]));
  const p = {
    embedding: make([vocabulary, width], 1),
    position: make([time, width], 2),
    gain1: ones(),
    bias1: zeros(),
    qkv: make([width, 3 * width], 3),
    out: make([width, width], 4),
    gain2: ones(),
    bias2: zeros(),
    up: make([width, 4 * width], 5),
    upBias: zeros(4 * width),
    down: make([4 * width, width], 6),
    head: make([width, vocabulary], 7),
  };
  const mask = tf.tidy(() => tf.mul(tf.sub(1, tf.linalg.bandPart(tf.ones([time, time]), -1, 0)), -1e9));
  const layerNorm = (x: Tensor, gain: Variable, bias: Variable): Tensor => {
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const variance = tf.mean(tf.square(centred), -1, true);
    return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, 1e-5))), gain), bias);
  };
  const gelu = (x: Tensor): Tensor =>
    tf.mul(
      tf.mul(x, 0.5),
      tf.add(1, tf.tanh(tf.mul(0.7978845608, tf.add(x, tf.mul(0.044715, tf.mul(x, tf.mul(x, x))))))),
    );
  const dropout = (h: Tensor, seed: number): Tensor => tf.dropout(h, 0.1, undefined, seed);
  const loss = (x: Tensor, y: Tensor): Scalar => {
    const tokens = tf.gather(p.embedding, tf.reshape(tf.cast(x, 'int32'), [-1]).as1D());
    let h: Tensor = tf.reshape<Rank>(tf.add(tf.reshape(tokens, [batch, time, width]), p.position), [
      batch * time,
      width,
    ]);
    const joint = tf.reshape(tf.matMul(layerNorm(h, p.gain1, p.bias1), p.qkv), [
      batch,
      time,
      3,
      heads,
      width / heads,
    ]);
    const [q, k, v] = tf.unstack(tf.transpose(joint, [2, 0, 3, 1, 4]), 0) as [Tensor, Tensor, Tensor];
    const scores = tf.add(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(width / heads)), mask);
    const mixed = tf.reshape(tf.transpose(tf.matMul(dropout(tf.softmax(scores), 31), v), [0, 2, 1, 3]), [
      batch * time,
      width,
    ]);
    h = tf.add(h, dropout(tf.matMul(mixed, p.out), 32));
    const hidden = gelu(tf.add(tf.matMul(layerNorm(h, p.gain2, p.bias2), p.up), p.upBias));
    h = tf.add(h, dropout(tf.matMul(hidden, p.down), 33));
    return tf.losses.softmaxCrossEntropy<Tensor, Scalar>(y, tf.matMul(h, p.head));
  };
  const parameters = Object.values(p);
  const optimizer = tf.train.adam(1e-3);
  return {
    step: (x, y) => {
      const value = optimizer.minimize(() => loss(x, y), true, parameters)!;
      tf.tidy(() => parameters.forEach((variable) => variable.assign(tf.mul(variable, 1 - 1e-5))));
      return value;
    },
    batch: batches((i) => [
      tf.randomUniform([batch, time], 0, vocabulary, 'int32', 1 + i),
      labels(tf, batch * time, vocabulary, 20 + i),
    ]),
    weights: () => parameters,
  };
};

function recurrent(kind: 'lstm' | 'gru' | 'simpleRNN'): CaseMaker {
  return (tf) => {
    const model = tf.sequential({
      layers: [
        tf.layers[kind]({
          inputShape: [6, 8],
          units: 10,
          kernelInitializer: tf.initializers.glorotNormal({ seed: 1 }),
          recurrentInitializer: tf.initializers.glorotUniform({ seed: 2 }),
        }),
        tf.layers.dense({ units: 5, kernelInitializer: tf.initializers.glorotNormal({ seed: 3 }) }),
      ],
    });
    return layersCase(
      tf,
      model,
      batches((i) => [normal(tf, [16, 6, 8], 100 + i), labels(tf, 16, 5, 200 + i)]),
    );
  };
}

/** Token ids through an embedding with a mask, layer normalization and a constraint on weights. */
const embedding: CaseMaker = (tf) => {
  const model = tf.sequential({
    layers: [
      tf.layers.embedding({
        inputDim: 40,
        outputDim: 8,
        inputLength: 6,
        maskZero: true,
        embeddingsInitializer: tf.initializers.randomNormal({ seed: 4 }),
      }),
      tf.layers.lstm({
        units: 8,
        kernelInitializer: tf.initializers.glorotNormal({ seed: 1 }),
        recurrentInitializer: tf.initializers.glorotNormal({ seed: 2 }),
      }),
      tf.layers.layerNormalization(),
      tf.layers.dense({
        units: 5,
        kernelConstraint: tf.constraints.maxNorm({ maxValue: 0.5 }),
        kernelInitializer: tf.initializers.glorotNormal({ seed: 3 }),
      }),
    ],
  });
  return layersCase(
    tf,
    model,
    batches((i) => [tf.randomUniform([16, 6], 0, 40, 'int32', i + 1), labels(tf, 16, 5, 200 + i)]),
  );
};

/** Two networks against each other: two losses, two optimizers, one step. */
const adversarial: CaseMaker = (tf) => {
  const make = (shape: number[], seed: number): Variable => tf.variable(normal(tf, shape, seed, 0.1));
  const g = [make([16, 24], 1), make([24], 2), make([24, 12], 3)] as const;
  const d = [make([12, 24], 5), make([24], 6), make([24, 1], 7)] as const;
  const generate = (z: Tensor): Tensor => tf.tanh(tf.matMul(tf.relu(tf.add(tf.matMul(z, g[0]), g[1])), g[2]));
  const judge = (x: Tensor): Tensor => tf.matMul(tf.leakyRelu(tf.add(tf.matMul(x, d[0]), d[1]), 0.2), d[2]);
  const entropy = (target: Tensor, logits: Tensor): Scalar =>
    tf.losses.sigmoidCrossEntropy<Tensor, Scalar>(target, logits);
  const discriminator = tf.train.adam(2e-3, 0.5);
  const generator = tf.train.momentum(1e-2, 0.9);
  return {
    step: (x, z) => {
      const one = tf.ones([32, 1]);
      const zero = tf.zeros([32, 1]);
      const judged = discriminator.minimize(
        () => tf.add(entropy(one, judge(x)), entropy(zero, judge(generate(z)))),
        true,
        [...d],
      )!;
      const generated = generator.minimize(() => entropy(one, judge(generate(z))), true, [...g])!;
      tf.dispose([one, zero]);
      return [judged, generated];
    },
    batch: batches((i) => [normal(tf, [32, 12], 100 + i), normal(tf, [32, 16], 200 + i)]),
    weights: () => [...g, ...d],
  };
};

/** A shared trunk, two heads of their own kinds, one optimizer on the sum. */
const multiTask: CaseMaker = (tf) => {
  const make = (shape: number[], seed: number): Variable => tf.variable(normal(tf, shape, seed, 0.2));
  const [trunk, classes, value] = [make([20, 16], 1), make([16, 5], 2), make([16, 1], 3)] as const;
  const optimizer = tf.train.adam(1e-2);
  return {
    step: (x, y, target) => {
      const losses: Tensor[] = [];
      const total = optimizer.minimize(() => {
        const h = tf.softplus(tf.matMul(x, trunk));
        const first = tf.losses.softmaxCrossEntropy<Tensor, Scalar>(y, tf.matMul(h, classes));
        const second = tf.losses.huberLoss<Tensor, Scalar>(target, tf.matMul(h, value));
        losses.push(tf.keep(tf.clone(first)), tf.keep(tf.clone(second)));
        return tf.add(first, tf.mul(second, 0.3));
      }, true)!;
      return [total, ...losses];
    },
    batch: batches((i) => [
      normal(tf, [32, 20], 50 + i),
      labels(tf, 32, 5, 60 + i),
      normal(tf, [32, 1], 70 + i),
    ]),
    weights: () => [trunk, classes, value],
  };
};

/** Gradients clipped to a global norm before the optimizer sees them. */
const clipped: CaseMaker = (tf) => {
  const { parameters, loss, batch } = twoLayers(tf);
  const optimizer = tf.train.rmsprop(1e-3, 0.9, 0.5);
  return {
    step: (x, y) =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(() => loss(x, y), parameters);
        const norm = tf.sqrt(tf.addN(Object.values(grads).map((gradient) => tf.sum(tf.square(gradient)))));
        const factor = tf.minimum(1, tf.div(0.5, norm));
        optimizer.applyGradients(
          Object.fromEntries(
            Object.entries(grads).map(([name, gradient]) => [name, tf.mul(gradient, factor)]),
          ),
        );
        return value;
      }),
    batch,
    weights: () => parameters,
  };
};

/** Integers as arguments, and ops that few networks use. */
const mixedTypes: CaseMaker = (tf) => {
  const { parameters, loss, batch } = twoLayers(tf);
  const optimizer = tf.train.adam(1e-2);
  return {
    step: (x, y, order) =>
      optimizer.minimize(
        () => {
          const shuffled: Tensor = tf.gather(x, order);
          const top = tf.mean(tf.topk(shuffled as never, 3).values);
          const sums = tf.mean(tf.cumsum(shuffled, 1));
          const positive = tf.mean(tf.where(tf.greater(shuffled, 0), shuffled, tf.zerosLike(shuffled)));
          const best = tf.mean(tf.cast(tf.argMax(shuffled, 1), 'float32'));
          const strided = tf.mean(tf.stridedSlice(shuffled, [0, 0], [10, 10], [2, 2]));
          const extras = tf.addN([top, sums, positive, best, strided]);
          return tf.add<Scalar>(loss(shuffled, tf.gather(y, order)), tf.mul(extras, 0.01));
        },
        true,
        parameters,
      )!,
    batch: (i) => [...batch(i), tf.tensor1d(permutation(32, i), 'int32')],
    weights: () => parameters,
  };
};

function permutation(size: number, i: number): number[] {
  return Array.from({ length: size }, (_, k) => (k * 5 + i) % size);
}

export const CASES: Readonly<Record<string, CaseMaker>> = {
  convolutional,
  separableAndTransposed,
  residual,
  transformer,
  lstm: recurrent('lstm'),
  gru: recurrent('gru'),
  simpleRNN: recurrent('simpleRNN'),
  embedding,
  adversarial,
  multiTask,
  clipped,
  mixedTypes,
};

export const OPTIMIZERS: Readonly<Record<string, CaseMaker>> = {
  sgd: withOptimizer((tf) => tf.train.sgd(0.1)),
  momentum: withOptimizer((tf) => tf.train.momentum(1e-2, 0.9)),
  nesterov: withOptimizer((tf) => tf.train.momentum(1e-2, 0.9, true)),
  adam: withOptimizer((tf) => tf.train.adam(1e-2)),
  adamax: withOptimizer((tf) => tf.train.adamax(1e-2, 0.9, 0.999, 1e-7, 0.01)),
  rmsprop: withOptimizer((tf) => tf.train.rmsprop(1e-2, 0.9, 0.5)),
  adagrad: withOptimizer((tf) => tf.train.adagrad(1e-2)),
  adadelta: withOptimizer((tf) => tf.train.adadelta(1e-2)),
};
