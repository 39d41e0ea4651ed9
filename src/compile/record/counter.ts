/** A number that an optimizer counts in JavaScript with every step. */
export interface Counter {
  read(): number;
  write(count: number): void;
}

export function advance(counter: Counter): void {
  counter.write(counter.read() + 1);
}
