/** The lines of a text, none longer than so many characters unless a word is. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** A text in lines of at most 80 characters, so many of which are its indent; ends in a newline. */
export function paragraph(text: string, indent: number): string {
  return wrap(text, 80 - indent)
    .map((line) => `${' '.repeat(indent)}${line}\n`)
    .join('');
}
