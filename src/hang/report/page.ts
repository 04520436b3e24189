import { type Diagnosis, rivalsOf } from '../diagnose.ts';
import { standingText } from '../standing.ts';
import { hangPicture } from './picture.ts';
import { findingsText, unansweredOf } from './findings-text.ts';
import { hangText, type Paint } from './text.ts';

/** What is said beside what was seen. */
export interface PageContext {
  /** Why it was looked at. */
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly lookedAt: string;
  /** The command that runs it again. */
  readonly reproduce: string;
}

const PLAIN: Paint = { paint: (_tone, text) => text };

/** The page of a hang: what waits for what in one sentence, then all that speaks for it. */
export function hangPage(
  diagnosis: Diagnosis,
  { reason, lookedAt, reproduce }: PageContext,
): { readonly markdown: string; readonly svg: string } {
  const { verdict, candidates, standing, scene } = diagnosis;
  const state = standingText(standing);
  const [best] = candidates;
  const findings = scene.seen.findings ?? [];
  const stacks = findingsText(findings);
  const named = verdict.class !== 'unknown' && best !== undefined;
  const sections = [
    `# ${verdict.class}: ${inline(verdict.summary)}`,
    `${state}; confidence ${verdict.confidence}. Looked at ${lookedAt} (${reason}), before anything was signalled.`,
    '![what waits for what](hang.svg)',
    list('## Decided by', named ? best.decidedBy : []),
    list('## Could also be', named ? rivalsOf(candidates) : []),
    list('## Ruled out', verdict.ruledOut),
    candidateTable(diagnosis),
    named ? list('## Usual causes', best.class.causes) : '',
    named ? list('## What to try first', best.class.fixes) : '',
    `## Run it again\n\n${fenced(reproduce)}`,
    `## What was seen\n\n${fenced(hangText(diagnosis, PLAIN))}`,
    stacks === '' ? '' : `## What its processes said\n\n${fenced(stacks)}`,
    list('## What could not be seen', [...scene.seen.missing, ...unansweredOf(findings)]),
    'Raw: [hang.json](hang.json)',
  ];
  const markdown = `${sections.filter((section) => section !== '').join('\n\n')}\n`;
  return { markdown, svg: hangPicture(scene) };
}

function candidateTable({ candidates }: Diagnosis): string {
  if (candidates.length === 0) return '';
  const rows = candidates.map(({ class: { name }, confidence, decidedBy, couldBe }) =>
    [name, String(confidence), decidedBy.join('; '), couldBe.join('; ')].map(cell).join(' | '),
  );
  const head = ['class | confidence | why | why perhaps not', '--- | --- | --- | ---'];
  return `## Candidates\n\n${[...head, ...rows].map((row) => `| ${row} |`).join('\n')}`;
}

function list(title: string, texts: readonly string[]): string {
  if (texts.length === 0) return '';
  return `${title}\n\n${texts.map((text) => `- ${inline(text)}`).join('\n')}`;
}

/** Command lines are not ours: they neither break the line nor the Markdown. */
function inline(text: string): string {
  // oxlint-disable-next-line no-control-regex
  const line = text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '?');
  return line.replaceAll(/[\\`*_<>[\]|]/g, String.raw`\$&`);
}

const cell = inline;

/** A fence that is longer than any run of backticks inside. */
function fenced(text: string): string {
  const runs = text.match(/`+/g)?.map(({ length }) => length) ?? [];
  const fence = '`'.repeat(Math.max(3, ...runs.map((length) => length + 1)));
  return `${fence}\n${text.trimEnd()}\n${fence}`;
}
