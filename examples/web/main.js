import { loadQuantized } from 'weightroom/load';
import { Paper } from './paper.js';

const size = document.querySelector('#size');
const rows = Array.from({ length: 10 }, () => {
  const row = document.createElement('li');
  row.append(document.createElement('meter'));
  return row;
});
document.querySelector('#answers').append(...rows);

// This is the line that changed. It was: await tf.loadLayersModel('model/model.json')
const model = await tf.loadLayersModel(loadQuantized('model/model.w4.json', { onProgress }));
size.textContent = `${Math.round(weightBytes(model) / 1000)} kB of weights in a file of a seventh of that.`;

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

function onProgress(fraction) {
  size.textContent = `Loading… ${Math.round(100 * fraction)} %`;
}

function weightBytes(network) {
  return 4 * network.countParams();
}
