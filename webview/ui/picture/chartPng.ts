import { element } from '../dom';
import { theme } from '../theme';
import { pictureHead } from './pictureHead';

/** A chart as a PNG with its title and legend, on the theme's background, as fine as the screen. */
export async function chartPng(
  title: string,
  canvas: HTMLCanvasElement,
  legend: HTMLElement,
): Promise<Uint8Array> {
  const density = canvas.width / Math.max(1, canvas.clientWidth);
  const picture = element('canvas');
  const pen = picture.getContext('2d');
  if (!pen) throw new Error('The browser gives no drawing surface.');
  const head = pictureHead(pen, title, legend, canvas.clientWidth);
  picture.width = canvas.width;
  picture.height = canvas.height + head.height * density;
  pen.fillStyle = theme().background;
  pen.fillRect(0, 0, picture.width, picture.height);
  pen.drawImage(canvas, 0, head.height * density);
  pen.scale(density, density);
  head.draw(pen);
  const blob = await new Promise<Blob | null>((resolve) => picture.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error('The browser could not make the picture.');
  return new Uint8Array(await blob.arrayBuffer());
}
