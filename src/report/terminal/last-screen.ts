import { isAbsolute, join, relative } from 'node:path';
import { counted } from '../counted.ts';
import type { Digest } from '../digest.ts';
import { formatDuration } from '../duration.ts';
import type { Finding, FindingKind } from '../finding.ts';
import { type Again, rerunCommand } from '../rerun-command.ts';
import { runEndText } from '../run-end-text.ts';
import { SECTIONS, type Section } from '../sections.ts';
import { suspectsCommands } from '../suspects-command.ts';
import { testsLine, unitsLine } from '../totals-line.ts';
import { noticeLine } from './notice-line.ts';
import { sanitiseLine } from './sanitise.ts';
import type { Theme } from './theme.ts';

export interface LastScreenOptions {
  /** The project's root and the run's directory, absolute. */
  readonly root: string;
  readonly runDir: string;
  /** Absolute paths of the reports that are written. */
  readonly reports: readonly string[];
  readonly again?: Again;
}

/** How much of a long list is shown; the reports have all of it. */
const MAX_FINDINGS = 20;
const MAX_NOTICES = 10;

/** How many lines of a failure's message are shown. */
const MESSAGE_LINES = 6;

/**
 * The last screen of a run: what failed, what is flaky, what hung, what leaked, notices, the counts
 * and the command that runs the failures again.
 */
export function lastScreen(digest: Digest, options: LastScreenOptions, theme: Theme): string {
  const lines = [
    ...SECTIONS.flatMap((section) => sectionLines(section, digest, options, theme)),
    ...noticeLines(digest, theme),
    ...slowestLines(digest, theme),
    ...summaryLines(digest, options, theme),
  ];
  return `${lines.join('\n')}\n`;
}

function sectionLines(
  section: Section,
  digest: Digest,
  options: LastScreenOptions,
  theme: Theme,
): string[] {
  const kept = section.kinds.map((kind) => digest.findings(kind));
  const total = kept.reduce((sum, { total: count }) => sum + count, 0);
  if (total === 0) return [];
  const shown = kept.flatMap(({ items }) => items).slice(0, MAX_FINDINGS);
  const tone = toneOf(section.kinds[0]);
  const lines = [theme.paint('strong', theme.paint(tone, `${section.title} (${total})`))];
  for (const finding of shown) lines.push(...findingLines(finding, options, theme));
  if (total > shown.length) lines.push(`  ${theme.ellipsis} and ${total - shown.length} more`);
  return [...lines, ''];
}

/** Yellow is what leaves the run green. */
function toneOf(kind: FindingKind | undefined): 'warn' | 'bad' {
  return kind === 'flaky' || kind === 'excused' ? 'warn' : 'bad';
}

function findingLines(finding: Finding, options: LastScreenOptions, theme: Theme): string[] {
  const tone = toneOf(finding.kind);
  const test = finding.test === null ? '' : ` > ${finding.test}`;
  const lines = [`  ${theme.paint(tone, finding.kind)} ${sanitiseLine(finding.path + test)}`];
  for (const line of finding.message.slice(0, MESSAGE_LINES)) {
    lines.push(`    ${theme.gutter}${sanitiseLine(line)}`);
  }
  if (finding.line !== null && finding.file !== null) {
    const column = finding.column === null ? '' : `:${finding.column}`;
    lines.push(`    at ${sanitiseLine(finding.file)}:${finding.line}${column}`);
  }
  for (const { number, outcome, id, output } of finding.attempts) {
    // The path of its output names the attempt, too.
    const where = output === null ? id : shownPath(join(options.runDir, output), options);
    lines.push(theme.paint('dim', `    attempt ${number} ${outcome}: ${where}`));
  }
  return lines;
}

function noticeLines(digest: Digest, theme: Theme): string[] {
  const { items, total } = digest.notices;
  if (total === 0) return [];
  const shown = items.slice(0, MAX_NOTICES);
  const lines = [
    theme.paint('strong', `Notices (${total})`),
    ...shown.map((notice) => `  ${noticeLine(notice, theme)}`),
  ];
  if (total > shown.length) lines.push(`  ${theme.ellipsis} and ${total - shown.length} more`);
  const suspects = suspectsCommands(digest);
  if (suspects.length > 0) lines.push('  Who did it:', ...suspects.map((each) => `    ${each}`));
  return [...lines, ''];
}

function slowestLines(digest: Digest, theme: Theme): string[] {
  if (digest.slowest.length === 0) return [];
  const lines = digest.slowest.map(
    ({ path, durationMs }) => `  ${formatDuration(durationMs).padStart(8)}  ${sanitiseLine(path)}`,
  );
  return [theme.paint('strong', 'Slowest'), ...lines, ''];
}

function summaryLines(digest: Digest, options: LastScreenOptions, theme: Theme): string[] {
  const { end, run } = digest;
  if (end === null) throw new Error('no last screen before run-finished');
  const lines = [unitsLine(end.totals), testsLine(end.totals)];
  if (end.stopped !== null) lines.push(`Stopped early: ${sanitiseLine(end.stopped)}`);
  if (options.reports.length > 0) {
    lines.push(`Reports: ${options.reports.map((path) => shownPath(path, options)).join(', ')}`);
  }
  const rerun = rerunCommand(digest.failedPaths.items, digest.failedPaths.total, options.again);
  if (rerun !== null) {
    const left = rerun.left === 0 ? '' : ` (and ${counted(rerun.left, 'more unit')})`;
    lines.push(`Run again${left}:`, `  ${rerun.command}`);
  } else if (end.totals.flaky > 0) {
    lines.push('Both sides of a flaky test: pindown show ATTEMPT');
  }
  const passed = end.exitCode === 0;
  const name = run?.number == null ? 'Run' : `Run ${run.number}`;
  const last = `${name} ${runEndText(end)}`;
  return [...lines, theme.paint('strong', theme.paint(passed ? 'good' : 'bad', last))];
}

/** Relative to the root where it lies inside, else absolute. */
function shownPath(path: string, { root }: LastScreenOptions): string {
  const inside = relative(root, path);
  return sanitiseLine(inside.startsWith('..') || isAbsolute(inside) ? path : inside);
}
