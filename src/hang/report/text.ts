import { type Diagnosis, rivalsOf } from '../diagnose.ts';
import type { Wait } from '../graph/wait.ts';
import { standingText } from '../standing.ts';
import { deafTo } from './deaf-to.ts';

/** How text is emphasised; what a terminal's theme offers. */
export interface Paint {
  paint(tone: 'strong' | 'bad' | 'good' | 'dim', text: string): string;
}

/** So many waits of one process are listed. */
const MOST_WAITS = 8;

/** A diagnosis for people: the sentence, what waits for what, what speaks for and against. */
export function hangText(
  { scene, standing, hung, candidates, verdict }: Diagnosis,
  look: Paint,
): string {
  const state = standingText(standing);
  const [best] = candidates;
  const named = best !== undefined && verdict.class !== 'unknown';
  const lines = [
    look.paint('strong', look.paint(hung ? 'bad' : 'good', `${state}: ${verdict.class}`)),
    `  ${clean(verdict.summary)}`,
    ...listed('decided by', named ? best.decidedBy : []),
    ...listed('ruled out', verdict.ruledOut),
    ...listed('could also be', [...(named ? rivalsOf(candidates) : []), ...(best?.couldBe ?? [])]),
    ...listed('would decide', decidersOf(candidates[0])),
    '',
    ...treeLines(scene, look),
    ...listed('not seen', scene.seen.missing),
  ];
  const fixes = candidates[0]?.class.fixes ?? [];
  if (hung && fixes.length > 0)
    lines.push('', 'What to try first:', ...fixes.map((fix) => `  - ${fix}`));
  return `${lines.join('\n')}\n`;
}

function decidersOf(best: Diagnosis['candidates'][number] | undefined): string[] {
  return best?.undecided === undefined ? [] : [best.undecided];
}

function listed(title: string, texts: readonly string[]): string[] {
  return texts.map((text) => `  ${title}: ${clean(text)}`);
}

function treeLines({ seen, waits, progress }: Diagnosis['scene'], look: Paint): string[] {
  const lines: string[] = [];
  for (const { pid, now } of seen.processes.values()) {
    const depth = depthOf(pid, seen.processes);
    const indent = '  '.repeat(depth);
    lines.push(`${indent}${look.paint('strong', `pid ${pid}`)} ${clean(now.commandLine)}`);
    const deaf = deafTo(now);
    if (deaf.length > 0) lines.push(`${indent}  it ${deaf.join('; ')}`);
    const own = waits.filter(({ thread }) => thread.pid === pid);
    for (const wait of own.slice(0, MOST_WAITS)) {
      lines.push(`${indent}  ${waitLine(wait, !progress.may.has(wait))}`);
    }
    if (own.length > MOST_WAITS)
      lines.push(`${indent}  and ${own.length - MOST_WAITS} more threads`);
  }
  return lines;
}

function waitLine({ thread, what, sources }: Wait, stuck: boolean): string {
  const who = sources.slice(0, 3).map((source) => {
    const pid = 'pid' in source && source.pid !== null ? `pid ${source.pid}: ` : '';
    return `${pid}${source.via}`;
  });
  const end = stuck ? 'nothing ends it' : `may end: ${who.join('; ')}`;
  return clean(`thread ${thread.tid} ${what} (${end})`);
}

function depthOf(pid: number, processes: Diagnosis['scene']['seen']['processes']): number {
  let depth = 0;
  for (let at = processes.get(pid)?.now.parent; at !== undefined && processes.has(at); depth += 1) {
    at = processes.get(at)?.now.parent;
    if (depth > processes.size) break;
  }
  return depth;
}

/** Names come from processes that are not ours: no line break and no escape gets through. */
function clean(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '?').slice(0, 500);
}
