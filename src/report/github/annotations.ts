import { isAbsolute, join, relative } from 'node:path';
import type { Finding } from '../finding.ts';
import { type Annotation, type AnnotationLevel, workflowCommand } from './command.ts';
import type { RootCause, RootCauses } from './root-causes.ts';

/** GitHub drops what a step gives beyond this, of each level, without a word. */
const MAX_PER_LEVEL = 10;

const LEVELS: readonly AnnotationLevel[] = ['error', 'warning', 'notice'];

export interface Places {
  /** The project's root, absolute. */
  readonly root: string;
  /** The repository's checkout, absolute: what annotations are relative to. */
  readonly workspace: string;
}

/**
 * The lines that annotate a run: at most ten workflow commands of each level, one a root cause,
 * the most important first, and a plain line that counts the rest.
 */
export function annotationLines(causes: RootCauses, places: Places): string[] {
  return LEVELS.flatMap((level) => {
    const { causes: ranked, givenUp } = causes.ranked(level);
    const shown = ranked.slice(0, MAX_PER_LEVEL);
    const rest = ranked.slice(MAX_PER_LEVEL).reduce((sum, cause) => sum + cause.count, givenUp);
    const lines = shown.map((cause) => workflowCommand(annotation(cause, places)));
    return rest === 0 ? lines : [...lines, `… and ${rest} more of the level ${level}`];
  });
}

function annotation({ level, source, count }: RootCause, places: Places): Annotation {
  switch (source.kind) {
    case 'notice': {
      const { code, message } = source.notice;
      return { level, title: `pindown: ${code}`, message, file: null, line: null, column: null };
    }
    case 'finding': {
      const { finding } = source;
      const again = count === 1 ? [] : ['', `and ${count - 1} more with the same message`];
      const message = [...finding.message, ...again].join('\n');
      return {
        level,
        title: `${finding.kind}: ${finding.test ?? finding.path}`,
        message: message === '' ? `${finding.kind}, without a message` : message,
        file: repositoryPath(finding, places),
        line: finding.line,
        column: finding.column,
      };
    }
  }
}

function repositoryPath({ file }: Finding, places: Places): string | null {
  if (file === null) return null;
  const absolute = isAbsolute(file) ? file : join(places.root, file);
  return relative(places.workspace, absolute);
}
