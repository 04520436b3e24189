import { stripVTControlCharacters } from 'node:util';

export type AnnotationLevel = 'error' | 'warning' | 'notice';

export interface Annotation {
  readonly level: AnnotationLevel;
  readonly title: string;
  readonly message: string;
  /** Relative to the repository; null leaves it without a place. */
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

/**
 * An annotation as a workflow command, escaped as the runner undoes it
 * (https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts).
 */
export function workflowCommand(annotation: Annotation): string {
  const { level, title, message, file, line, column } = annotation;
  const place = { file, line: file === null ? null : line, col: line === null ? null : column };
  const properties = Object.entries({ ...place, title })
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${level} ${properties.join(',')}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return visible(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** Without escape sequences and without controls other than line ends and tabs. */
function visible(text: string): string {
  return stripVTControlCharacters(text)
    .toWellFormed()
    .replace(/(?![\t\n\r])\p{Cc}/gu, '');
}
