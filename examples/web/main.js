import { loadQuantized } from 'weightroom/load';
import { Paper } from './paper.js';

const size = document.querySelector('#size');
const rows = Array.from({ length: 10 }, () => {
  const row = document.createElement('li');
  row.append(document.createElement('meter'));
  return row;
});
document.querySelector('#answers').append(...rows);

let arrived = 0;

// This is the line that changed. It was: await tf.loadLayersModel('model/model.json')
const model = await tf.loadLayersModel(loadQuantized('model/model.w4.json', { onProgress }));
size.textContent = `${kilobytes(arrived)} in the place of ${kilobytes(4 * model.countParams())} of weights.`;

const paper = new Paper(document.querySelector('#paper'), answer);
document.querySelector('#clear').addEventListener('click', () => paper.clear());

/** Shows what the network makes of 28 × 28 pixels from 0 to 1. */
async function answer(pixels) {
  const output = tf.tidy(() => model.predict(tf.tensor(pixels, [1, 28, 28, 1])));
  const shares = await output.data();
  output.dispose();
  const best = shares.indexOf(Math.max(...shares));
  rows.forEach((row, digit) => {
    row.firstChild.value = shares[digit];
    row.classList.toggle('best', digit === best);
  });
}

function onProgress(fraction, bytes) {
  arrived = bytes;
  size.textContent = `Loading… ${Math.round(100 * fraction)} %`;
}

function kilobytes(bytes) {
  return `${Math.round(bytes / 1000)} kB`;
}
