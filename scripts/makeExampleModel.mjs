// Makes examples/models/tiny-encoder.safetensors, a model small enough to be kept with the source:
// an embedding, a norm and a layer of two matrices, 66 000 weights. `node scripts/makeExampleModel.mjs [FILE]`
//
// The numbers look like a trained encoder's: near normal, with some rows much larger than the others and
// a few single outliers, so that a quantized copy has something to lose. They come from integer arithmetic
// and one rounding, and are therefore the same to the bit on every machine.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const output = process.argv[2] ?? path.join(root, 'examples', 'models', 'tiny-encoder.safetensors');

let state = 20261124;

/** Uniform on 0 … 65535: the upper half of a linear congruential generator modulo 2³². */
function draw() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state >>> 16;
}

/** Nearly normal, variance 1: the sum of twelve uniform numbers, less its mean. */
function bell() {
  let sum = 0;
  for (let i = 0; i < 12; i++) sum += draw();
  return (sum - 6 * 65535) / 65536;
}

/** A matrix of standard deviation `std`, every 16th row three times as large, one weight in 2048 eight times. */
function matrix(rows, columns, std) {
  return Float32Array.from({ length: rows * columns }, (_, i) => {
    const row = Math.floor(i / columns);
    const outlier = draw() < 32 ? 8 : 1;
    return bell() * std * (row % 16 === 7 ? 3 : 1) * outlier;
  });
}

function vector(size, mean, std) {
  return Float32Array.from({ length: size }, () => mean + std * bell());
}

const tensors = [
  { name: 'embedding.weight', shape: [512, 64], values: matrix(512, 64, 0.05) },
  { name: 'norm.weight', shape: [64], values: vector(64, 1, 0.1) },
  { name: 'norm.bias', shape: [64], values: vector(64, 0, 0.02) },
  { name: 'feedForward.in.weight', shape: [256, 64], values: matrix(256, 64, 0.08) },
  { name: 'feedForward.in.bias', shape: [256], values: vector(256, -0.1, 0.05) },
  { name: 'feedForward.out.weight', shape: [64, 256], values: matrix(64, 256, 0.06) },
  { name: 'feedForward.out.bias', shape: [64], values: vector(64, 0, 0.02) },
];

let end = 0;
const header = { __metadata__: { format: 'pt', description: 'A made-up encoder to try things on' } };
for (const { name, shape, values } of tensors) {
  header[name] = { dtype: 'F32', shape, data_offsets: [end, end + values.byteLength] };
  end += values.byteLength;
}
const text = JSON.stringify(header);
const json = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
const length = Buffer.alloc(8);
length.writeBigUInt64LE(BigInt(json.length));
writeFileSync(
  output,
  Buffer.concat([length, json, ...tensors.map(({ values }) => Buffer.from(values.buffer))]),
);
