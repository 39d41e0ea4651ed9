/** What is wrong and what to do, as one text. What a program threw often has no full stop. */
export function sentences(message: string, remedy: string): string {
  const end = /[.!?…:]\s*$/.test(message) ? ' ' : '. ';
  return remedy === '' ? message : `${message.trimEnd()}${end}${remedy}`;
}
