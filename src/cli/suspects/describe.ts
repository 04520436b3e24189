import type { SuspectedThing } from '../../ledger/suspects.ts';
import { counted } from '../../report/counted.ts';
import { suspectsCommand } from '../../report/suspects-command.ts';
import { sanitiseLine } from '../../report/terminal/sanitise.ts';
import type { Theme } from '../../report/terminal/theme.ts';
import { align, type Cell } from '../history/align.ts';
import { whenText } from '../history/words.ts';
import { MOST_RERUNS, type Rerun } from './rerun.ts';

/** What was tripped, who is suspected of it, and what would decide. */
export function describeThing(thing: SuspectedThing, look: Theme): string {
  const { kind, what, moments, runs, lastSeen, lastTrip } = thing;
  const times = `at ${counted(moments, 'moment')} of ${counted(runs, 'run')}`;
  const last = `last in run ${lastSeen.number} (${whenText(lastSeen.startedAt)})`;
  const title = sanitiseLine(`${kind} ${what}`);
  return [
    `${look.paint('strong', title)} ${lastTrip.change} ${times}, ${last}`,
    ...suspectLines(thing, look),
    `  ${verdictLine(thing, look)}`,
    `  ${sanitiseLine(whatDecides(thing))}`,
  ].join('\n');
}

function suspectLines({ suspects, moments, noneOfThem }: SuspectedThing, look: Theme): string[] {
  if (suspects.length === 0) return [];
  const shown = suspects.slice(0, MOST_RERUNS);
  const head = ['probability', 'ran at', '95 %', 'runs', 'suspect'];
  const rows = shown.map((suspect): Cell[] => [
    percent(suspect.probability),
    `${suspect.moments} of ${moments}`,
    `${percent(suspect.interval.low)} to ${percent(suspect.interval.high)}`,
    `${percent(suspect.share)} of the time`,
    suspect.unit,
  ]);
  rows.push([percent(noneOfThem), '', '', '', { text: 'none of them', tone: 'dim' }]);
  const lines = align([head, ...rows], [0, 1, 2, 3], look).map((line) => `  ${line}`);
  const more = suspects.length - shown.length;
  return more > 0 ? [...lines, `  ${look.ellipsis} and ${more} more: --json lists all`] : lines;
}

function verdictLine({ finding }: SuspectedThing, look: Theme): string {
  switch (finding.kind) {
    case 'caught':
      return `${look.paint('bad', 'caught')}: ${sanitiseLine(finding.units.join(', '))} (its process was seen, or nothing else ran)`;
    case 'likely':
      return `${look.paint('warn', 'likely')}: ${sanitiseLine(finding.unit)}; not proven`;
    case 'unknown':
      return `${look.paint('warn', 'unknown')}: ${sanitiseLine(finding.because)}`;
  }
}

/** What there is to do to know more. */
export function whatDecides({ what, suspects, finding }: SuspectedThing): string {
  if (suspects.length === 0) {
    return 'What would decide: whatever else writes there meanwhile, such as an editor or another suite.';
  }
  const command = `${suspectsCommand(what)} --rerun`;
  if (finding.kind === 'caught') return `To see it again: ${command}`;
  return `What would decide: each suspect alone, ${command}`;
}

/** What became of the suspects when each ran alone. */
export function describeRerun(rerun: Rerun, look: Theme): string {
  const { verdict, tried, left, standing } = rerun;
  const lines = tried.flatMap(({ unit, run, exitCode, seen }) => [
    `alone in ${run === null ? 'no run' : `run ${run.number ?? run.id}`}, exit status ${exitCode}: ${unit}`,
    ...(seen.length === 0 ? ['  nothing was changed'] : seen.map((each) => `  ${each}`)),
  ]);
  switch (verdict.kind) {
    case 'proven':
      lines.push(`proven: ${verdict.unit}`, `  ${verdict.evidence}`);
      break;
    case 'unknown':
      lines.push(`unknown: ${verdict.because}`);
      break;
    case 'interrupted':
      lines.push('unknown: interrupted');
  }
  if (standing.length > 0) {
    lines.push('To be put back; Pindown does not do it for you:');
    for (const { what, is, remedy } of standing) lines.push(`  ${what} ${is}`, `    ${remedy}`);
  }
  if (verdict.kind !== 'proven' && left.length > 0) {
    lines.push(
      `${counted(left.length, 'suspect')} not run: ${left.slice(0, MOST_RERUNS).join(', ')}`,
    );
  }
  return lines
    .map((line) => sanitiseLine(line))
    .map((line) => (/^(?:proven|unknown):/.test(line) ? look.paint('strong', line) : line))
    .join('\n');
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}
