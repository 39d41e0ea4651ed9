import { accuracy, fitLogisticRegression, type LogisticModel } from '../../math/logisticRegression';

/** λ of the classifier: small, for embeddings are unit vectors and so is the scale of its weights. */
const PENALTY = 1e-4;

export interface LabelledEmbeddings {
  /** Row-major `[count, width]`. */
  readonly embeddings: Float32Array;
  /** `[count]`, 0 or 1. */
  readonly labels: Uint8Array;
}

/** Splits into even rows and odd rows: the halves of a shuffled sample. */
export function halves({ embeddings, labels }: LabelledEmbeddings): [LabelledEmbeddings, LabelledEmbeddings] {
  const width = embeddings.length / labels.length;
  const pick = (parity: number): LabelledEmbeddings => {
    const rows = Array.from(labels.keys()).filter((row) => row % 2 === parity);
    const picked = new Float32Array(rows.length * width);
    rows.forEach((row, i) => picked.set(embeddings.subarray(row * width, (row + 1) * width), i * width));
    return { embeddings: picked, labels: Uint8Array.from(rows, (row) => labels[row]!) };
  };
  return [pick(0), pick(1)];
}

/** Fits the classifier on the original model's embeddings. */
export function fitClassifier({ embeddings, labels }: LabelledEmbeddings): LogisticModel {
  return fitLogisticRegression(embeddings, labels, { penalty: PENALTY });
}

/** Share of rows classified rightly. */
export function classificationAccuracy(classifier: LogisticModel, data: LabelledEmbeddings): number {
  return accuracy(classifier, data.embeddings, data.labels);
}

/** Mean over the rows of the cosine between two models' embeddings of the same texts, both `[count, width]`. */
export function meanCosine(a: Float32Array, b: Float32Array, width: number): number {
  const count = a.length / width;
  let sum = 0;
  for (let row = 0; row < count; row++) {
    let dot = 0;
    let aa = 0;
    let bb = 0;
    for (let i = row * width; i < (row + 1) * width; i++) {
      dot += a[i]! * b[i]!;
      aa += a[i]! ** 2;
      bb += b[i]! ** 2;
    }
    sum += dot / Math.sqrt(aa * bb);
  }
  return sum / count;
}
