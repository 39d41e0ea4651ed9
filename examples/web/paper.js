/** Digits of MNIST fill a square of 20 pixels, in the middle of 28. */
const SIDE = 28;
const DIGIT = 20;

/** A canvas to draw on, seen as the network sees digits. */
export class Paper {
  /** @param onChange is given 28 × 28 pixels from 0 to 1 after every stroke */
  constructor(canvas, onChange) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d', { willReadFrequently: true });
    this.onChange = onChange;
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.last = event;
      this.lineTo(event);
    });
    canvas.addEventListener('pointermove', (event) => this.last && this.lineTo(event));
    canvas.addEventListener('pointerup', () => {
      this.last = undefined;
      this.onChange(this.pixels());
    });
  }

  clear() {
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  lineTo(event) {
    const { context, last } = this;
    context.strokeStyle = 'white';
    context.lineWidth = 20;
    context.lineCap = 'round';
    context.beginPath();
    context.moveTo(last.offsetX, last.offsetY);
    context.lineTo(event.offsetX, event.offsetY);
    context.stroke();
    this.last = event;
  }

  /** What was drawn, shrunk into the digit's square and moved so that its centre of mass is in the middle. */
  pixels() {
    const box = this.bounds();
    if (box === undefined) return new Float32Array(SIDE * SIDE);
    const scale = DIGIT / Math.max(box.width, box.height);
    const centred = this.shrink(
      box,
      scale,
      SIDE / 2 - (scale * box.width) / 2,
      SIDE / 2 - (scale * box.height) / 2,
    );
    let [sum, x, y] = [0, 0, 0];
    centred.forEach((value, i) => {
      sum += value;
      x += value * ((i % SIDE) + 0.5);
      y += value * (Math.floor(i / SIDE) + 0.5);
    });
    const left = SIDE - x / sum - (scale * box.width) / 2;
    const top = SIDE - y / sum - (scale * box.height) / 2;
    return this.shrink(box, scale, left, top);
  }

  shrink({ left, top, width, height }, scale, x, y) {
    const context = new OffscreenCanvas(SIDE, SIDE).getContext('2d');
    context.drawImage(this.canvas, left, top, width, height, x, y, scale * width, scale * height);
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    return Float32Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i + 3] / 255);
  }

  /** The smallest rectangle around what was drawn; nothing where the paper is empty. */
  bounds() {
    const { width, height } = this.canvas;
    const { data } = this.context.getImageData(0, 0, width, height);
    let [left, right, top, bottom] = [width, -1, height, -1];
    for (let i = 3; i < data.length; i += 4) {
      if (data[i] === 0) continue;
      const at = (i - 3) / 4;
      left = Math.min(left, at % width);
      right = Math.max(right, at % width);
      top = Math.min(top, Math.floor(at / width));
      bottom = Math.max(bottom, Math.floor(at / width));
    }
    return right < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 };
  }
}
