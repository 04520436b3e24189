import { redact } from '../../core/redact.ts';
import { counted } from '../counted.ts';
import type { Digest } from '../digest.ts';
import type { Finding } from '../finding.ts';
import { type Again, rerunCommand } from '../rerun-command.ts';
import { runEndText } from '../run-end-text.ts';
import { SECTIONS, type Section } from '../sections.ts';
import { suspectsCommands } from '../suspects-command.ts';
import { testsLine, unitsLine } from '../totals-line.ts';
import { markdownText, preformatted } from './markdown.ts';

/**
 * The step summary in Markdown, answer first: what failed, what is flaky, what hung, what leaked,
 * the command that runs it again, the counts. Ends in a newline.
 *
 * @param maxBytes what it must fit in; what has no room is counted
 */
export function stepSummary(digest: Digest, maxBytes: number, again?: Again): string {
  const { end } = digest;
  if (end === null) throw new Error('no summary before run-finished');
  const foot = [
    ...rerun(digest, again),
    ...notices(digest),
    `${markdownText(unitsLine(end.totals))}<br>${markdownText(testsLine(end.totals))}`,
  ];
  const title = `## Pindown: ${runEndText(end)}`;
  const stopped = end.stopped === null ? [] : [`Stopped early: ${markdownText(end.stopped)}`];
  const page = new Page(maxBytes, [title, ...stopped], foot);
  for (const section of SECTIONS) addSection(page, section, digest);
  return page.text();
}

function addSection(page: Page, section: Section, digest: Digest): void {
  const kept = section.kinds.map((kind) => digest.findings(kind));
  const total = kept.reduce((sum, { total: count }) => sum + count, 0);
  if (total === 0) return;
  // A heading without its count line would hide that there is more: both or none.
  let shown = 0;
  if (!page.add(`### ${section.title} (${total})`)) return;
  for (const finding of kept.flatMap(({ items }) => items)) {
    if (!page.add(describe(finding))) break;
    shown += 1;
  }
  if (shown < total) page.force(`… and ${total - shown} more; \`report.json\` has them all.`);
}

function describe(finding: Finding): string {
  const name = finding.test === null ? finding.path : `${finding.path} › ${finding.test}`;
  const place = finding.line === null ? '' : ` (${finding.file ?? ''}:${finding.line})`;
  const attempts = finding.attempts.map(
    (attempt) => `attempt ${attempt.number} ${attempt.outcome}: pindown show ${attempt.id}`,
  );
  return [
    `**${finding.kind}** ${markdownText(name + place)}`,
    preformatted([...finding.message, ...attempts]),
  ].join('\n');
}

function rerun(digest: Digest, again: Again | undefined): string[] {
  const rerunning = rerunCommand(digest.failedPaths.items, digest.failedPaths.total, again);
  if (rerunning === null) return [];
  const left = rerunning.left === 0 ? '' : ` (without ${counted(rerunning.left, 'more unit')})`;
  return [`### Run it again${left}`, preformatted([redact(rerunning.command)])];
}

function notices(digest: Digest): string[] {
  const { items, total } = digest.notices;
  if (total === 0) return [];
  const lines = items.map(({ level, message }) => `${level}: ${message}`);
  if (total > items.length) lines.push(`… and ${total - items.length} more`);
  const suspects = suspectsCommands(digest);
  const who = suspects.length === 0 ? [] : ['Who did it:', preformatted(suspects)];
  return [`### Notices (${total})`, preformatted(lines), ...who];
}

/** Room kept free for each line that counts what had no room. */
const COUNT_LINE_BYTES = 120;

/** Blocks of Markdown within a limit of bytes; head and foot are always there. */
class Page {
  readonly #blocks: string[];
  readonly #foot: readonly string[];
  #left: number;

  constructor(maxBytes: number, head: readonly string[], foot: readonly string[]) {
    this.#blocks = [...head];
    this.#foot = foot;
    this.#left = maxBytes - SECTIONS.length * COUNT_LINE_BYTES;
    for (const block of [...head, ...foot]) this.#left -= size(block);
  }

  /** @returns whether there was room */
  add(block: string): boolean {
    const needed = size(block);
    if (needed > this.#left) return false;
    this.#left -= needed;
    this.#blocks.push(block);
    return true;
  }

  /** Adds a line for which room was kept. */
  force(line: string): void {
    this.#blocks.push(line);
  }

  text(): string {
    return `${[...this.#blocks, ...this.#foot].join('\n\n')}\n`;
  }
}

/** With the empty line after it. */
function size(block: string): number {
  return Buffer.byteLength(block) + 2;
}
