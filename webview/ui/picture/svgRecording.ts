const SVG = 'http://www.w3.org/2000/svg';

/** Steps of a path as SVG writes them, in pixels of the page. */
class PathSteps {
  private readonly steps: string[] = [];

  constructor(private readonly place: (x: number, y: number) => readonly [number, number]) {}

  get text(): string {
    return this.steps.join('');
  }

  to(letter: 'M' | 'L', x: number, y: number): void {
    // A canvas skips what is not finite, and begins where a line has nowhere to come from.
    if (!Number.isFinite(x) || !Number.isFinite(y)) return;
    this.steps.push((this.steps.length === 0 ? 'M' : letter) + this.written(x, y));
  }

  curve(letter: 'C' | 'Q', ...numbers: readonly number[]): void {
    if (!numbers.every(Number.isFinite)) return;
    if (this.steps.length === 0) this.to('M', numbers[0]!, numbers[1]!);
    const points = [];
    for (let k = 0; k < numbers.length; k += 2) points.push(this.written(numbers[k]!, numbers[k + 1]!));
    this.steps.push(letter + points.join(' '));
  }

  arc(x: number, y: number, radius: number, from: number, to: number, counterclockwise: boolean): void {
    const whole = 2 * Math.PI;
    const sign = counterclockwise ? -1 : 1;
    const asked = sign * (to - from);
    const turn = asked >= whole ? whole : ((asked % whole) + whole) % whole;
    // SVG's arc ends somewhere else than it starts: a circle is two halves, and so is everything here.
    const on = (angle: number) => [x + radius * Math.cos(angle), y + radius * Math.sin(angle)] as const;
    this.to('L', ...on(from));
    for (const part of [0.5, 1]) {
      const end = this.written(...on(from + sign * turn * part));
      this.steps.push(`A${short(radius)} ${short(radius)} 0 0 ${counterclockwise ? 0 : 1} ${end}`);
    }
  }

  rectangle(x: number, y: number, width: number, height: number): void {
    if (![x, y, width, height].every(Number.isFinite)) return;
    this.to('M', x, y);
    this.to('L', x + width, y);
    this.to('L', x + width, y + height);
    this.to('L', x, y + height);
    this.close();
  }

  close(): void {
    if (this.steps.length > 0) this.steps.push('Z');
  }

  private written(x: number, y: number): string {
    return this.place(x, y).map(short).join(' ');
  }
}

/**
 * What `draw` draws with a pen, as the elements of an SVG, in pixels of the page; the canvas stays as it is. Charts
 * hold on to the pen of their canvas, so it is this pen that is listened to: while `draw` runs, what it does is written
 * down and not done, and how it does it (colours, dashes, fonts, places) is asked of the pen. Gradients, patterns,
 * images and path objects have no place in a chart of ours; an `Error` says so where one is used.
 *
 * @param density pixels of the canvas to a pixel of the page
 */
export function recordSvg(pen: CanvasRenderingContext2D, density: number, draw: () => void): SVGElement[] {
  const drawn: SVGElement[] = [];
  const outer: (string | undefined)[] = [];
  let clip: string | undefined;
  let path = newPath();

  function newPath(): PathSteps {
    return new PathSteps((x, y) => {
      const { a, b, c, d, e, f } = pen.getTransform();
      return [(a * x + c * y + e) / density, (b * x + d * y + f) / density];
    });
  }

  function add(name: string, attributes: Readonly<Record<string, string | number>>): void {
    drawn.push(
      svgElement(name, { ...attributes, ...(clip !== undefined && { 'clip-path': `url(#${clip})` }) }),
    );
  }

  function paint(steps: string, how: Readonly<Record<string, string | number>> | undefined): void {
    if (how && steps !== '') add('path', { d: steps, ...how });
  }

  function rectangle(...place: readonly [number, number, number, number]): string {
    const steps = newPath();
    steps.rectangle(...place);
    return steps.text;
  }

  function fill(rule?: CanvasFillRule | Path2D): void {
    const ruled = rule === 'evenodd' ? { 'fill-rule': rule } : {};
    if (rule instanceof Path2D) throw unreadable('path object');
    const how = fillOf(pen);
    paint(path.text, how && { ...how, ...ruled });
  }

  const heard = {
    save: () => {
      outer.push(clip);
      CanvasRenderingContext2D.prototype.save.call(pen);
    },
    restore: () => {
      if (outer.length > 0) clip = outer.pop();
      CanvasRenderingContext2D.prototype.restore.call(pen);
    },
    beginPath: () => {
      path = newPath();
    },
    closePath: () => path.close(),
    moveTo: (x: number, y: number) => path.to('M', x, y),
    lineTo: (x: number, y: number) => path.to('L', x, y),
    bezierCurveTo: (...numbers: readonly number[]) => path.curve('C', ...numbers),
    quadraticCurveTo: (...numbers: readonly number[]) => path.curve('Q', ...numbers),
    rect: (x: number, y: number, width: number, height: number) => path.rectangle(x, y, width, height),
    arc: (x: number, y: number, radius: number, from: number, to: number, counterclockwise = false) =>
      path.arc(x, y, radius, from, to, counterclockwise),
    clip: () => {
      const id = `clip-${drawn.length}`;
      // A clip within a clip leaves what is in both.
      const around = svgElement('clipPath', {
        id,
        ...(clip !== undefined && { 'clip-path': `url(#${clip})` }),
      });
      around.append(svgElement('path', { d: path.text }));
      drawn.push(around);
      clip = id;
    },
    fill,
    stroke: (object?: Path2D) => {
      if (object) throw unreadable('path object');
      paint(path.text, strokeOf(pen));
    },
    fillRect: (...place: readonly [number, number, number, number]) => {
      const how = fillOf(pen);
      // Cells that share an edge must not show a seam.
      paint(rectangle(...place), how && { ...how, 'shape-rendering': 'crispEdges' });
    },
    strokeRect: (...place: readonly [number, number, number, number]) =>
      paint(rectangle(...place), strokeOf(pen)),
    clearRect: () => undefined,
    fillText: (text: string, x: number, y: number) => {
      const how = fillOf(pen);
      if (!how || text.trim() === '') return;
      add('text', { ...placeOfText(pen, density, x, y), ...fontOf(pen), ...how });
      drawn.at(-1)!.textContent = text;
    },
    strokeText: () => {
      throw unreadable('outlined text');
    },
    drawImage: () => {
      throw unreadable('image');
    },
  };

  Object.assign(pen, heard);
  try {
    draw();
  } finally {
    for (const name of Object.keys(heard)) Reflect.deleteProperty(pen, name);
  }
  return drawn;
}

/** An element of SVG with its attributes. */
export function svgElement(
  name: string,
  attributes: Readonly<Record<string, string | number>> = {},
): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, typeof value === 'number' ? short(value) : value);
  }
  return made;
}

/** How the pen fills; `undefined` where nothing would be seen. */
function fillOf(pen: CanvasRenderingContext2D): Record<string, string | number> | undefined {
  return paintOf('fill', pen.fillStyle, pen.globalAlpha);
}

/** How the pen strokes; `undefined` where nothing would be seen. */
function strokeOf(pen: CanvasRenderingContext2D): Record<string, string | number> | undefined {
  const paint = paintOf('stroke', pen.strokeStyle, pen.globalAlpha);
  const dash = pen.getLineDash();
  return (
    paint && {
      fill: 'none',
      ...paint,
      'stroke-width': pen.lineWidth,
      ...(pen.lineJoin !== 'miter' && { 'stroke-linejoin': pen.lineJoin }),
      ...(pen.lineCap !== 'butt' && { 'stroke-linecap': pen.lineCap }),
      ...(dash.length > 0 && { 'stroke-dasharray': dash.map(short).join(' ') }),
      ...(pen.lineDashOffset !== 0 && { 'stroke-dashoffset': pen.lineDashOffset }),
    }
  );
}

/** A colour with its opacity apart: many programs that read SVG know no `rgba()`. */
function paintOf(
  kind: 'fill' | 'stroke',
  style: string | CanvasGradient | CanvasPattern,
  alpha: number,
): Record<string, string | number> | undefined {
  if (typeof style !== 'string') throw unreadable('gradient or pattern');
  // A pen says `#rrggbb` of what is opaque, and `rgba(r, g, b, a)` of all else.
  const parts = /^rgba\((\d+), (\d+), (\d+), ([\d.e-]+)\)$/.exec(style);
  const opacity = alpha * (parts ? Number(parts[4]) : 1);
  if (opacity === 0) return undefined;
  return {
    [kind]: parts ? `rgb(${parts[1]},${parts[2]},${parts[3]})` : style,
    ...(opacity < 1 && { [`${kind}-opacity`]: opacity }),
  };
}

/** Where a text stands, by its alphabetic base line: the one that every program knows. */
function placeOfText(
  pen: CanvasRenderingContext2D,
  density: number,
  x: number,
  y: number,
): Record<string, string | number> {
  const baseline = pen.textBaseline;
  const ascent = pen.measureText('x').fontBoundingBoxAscent;
  pen.textBaseline = 'alphabetic';
  const down = pen.measureText('x').fontBoundingBoxAscent - ascent;
  pen.textBaseline = baseline;
  const { a, b, c, d, e, f } = pen.getTransform();
  const anchor = { center: 'middle', right: 'end', end: 'end', left: undefined, start: undefined }[
    pen.textAlign
  ];
  const placed = { ...(anchor !== undefined && { 'text-anchor': anchor }) };
  if (b === 0 && c === 0) {
    return { x: (a * x + e) / density, y: (d * (y + down) + f) / density, ...placed };
  }
  const turned = [a, b, c, d, e, f].map((entry) => short(entry / density)).join(' ');
  return { x, y: y + down, transform: `matrix(${turned})`, ...placed };
}

/** The pen's font: it always says style and weight where they differ from the usual, a size in pixels, and families. */
function fontOf({ font }: CanvasRenderingContext2D): Record<string, string | number> {
  const parts = /^(.*?)([\d.]+)px (.+)$/.exec(font);
  if (!parts) throw unreadable(`font ${font}`);
  const [, manner = '', size = '', family = ''] = parts;
  const weight = /\b(bold|\d{3})\b/.exec(manner)?.[1];
  return {
    'font-family': family,
    'font-size': Number(size),
    ...(weight !== undefined && { 'font-weight': weight }),
    ...(manner.includes('italic') && { 'font-style': 'italic' }),
  };
}

function unreadable(what: string): Error {
  return new Error(`A chart was drawn with a thing that is not written as SVG: ${what}.`);
}

/** A number with hundredths at most, which is finer than any screen. */
function short(value: number): string {
  return String(Math.round(100 * value) / 100);
}
