import type { Verdict } from '../core/verdict.ts';
import { causesFirst } from './causes-first.ts';
import type { Claim, HangClass, Scene } from './classes/hang-class.ts';
import { HANG_CLASSES } from './classes/registry.ts';
import { mayProgress } from './graph/may-progress.ts';
import { waitGraph } from './graph/root-blocker.ts';
import { waitsOf } from './graph/waits-of.ts';
import type { Observation } from './observe/observation.ts';
import { hasEnded } from '../process/proc-stat.ts';
import { LEAST_CONFIDENCE, type Standing, standingOf } from './standing.ts';

/** A class with its claim, as a candidate for the verdict. */
interface Candidate extends Claim {
  readonly class: HangClass;
}

export interface Diagnosis {
  readonly scene: Scene;
  /** What the look came to; `hung` and `proven` say the same for those who ask only that. */
  readonly standing: Standing;
  /** It is stuck, proven or named so. False also where it can't be told: see {@link Standing}. */
  readonly hung: boolean;
  /** Nothing in the tree can go on any more, whatever happens in it: that is proven, not guessed. */
  readonly proven: boolean;
  /** The surest first, but that a cause comes before what only follows from it. */
  readonly candidates: readonly Candidate[];
  readonly verdict: Verdict;
}

/** Says what a tree that was observed waits for, by the closed list of classes. */
export function diagnose(seen: Observation): Diagnosis {
  const waits = waitsOf(seen);
  const gone = new Set(
    [...seen.processes.values()].filter(({ now }) => hasEnded(now)).map(({ pid }) => pid),
  );
  const progress = mayProgress(waits, gone);
  const scene: Scene = { seen, waits, progress, graph: waitGraph(waits) };
  const candidates = causesFirst(
    scene,
    HANG_CLASSES.flatMap((hangClass) =>
      hangClass.claim(scene).map((claim): Candidate => ({ ...claim, class: hangClass })),
    ),
  );
  const [best] = candidates;
  const proven = waits.length > 0 && progress.may.size === 0 && seen.isPartial !== true;
  const standing = standingOf(best, proven);
  return {
    scene,
    standing,
    hung: standing === 'proven-stuck' || standing === 'stuck',
    proven,
    candidates,
    verdict: verdictOf(candidates, proven),
  };
}

/** Which other class may be it, and what that one says. */
export function rivalsOf(candidates: readonly Candidate[]): string[] {
  const [best, second] = candidates;
  return second !== undefined &&
    second.class !== best?.class &&
    second.confidence >= LEAST_CONFIDENCE
    ? [`${second.class.name}: ${second.summary}`]
    : [];
}

function verdictOf(candidates: readonly Candidate[], proven: boolean): Verdict {
  const [best] = candidates;
  if (best === undefined || best.confidence < LEAST_CONFIDENCE) {
    return {
      class: 'unknown',
      confidence: 0,
      summary: proven
        ? 'nothing in the tree can go on any more, and no class claims it'
        : 'no class claims what was seen',
      decidedBy: [],
      ruledOut: [],
    };
  }
  const doubt = rivalsOf(candidates).map((rival) => `it may also be ${rival}`);
  return {
    class: best.class.name,
    confidence: best.confidence,
    summary: best.summary,
    decidedBy: [...best.decidedBy, ...doubt],
    ruledOut: best.ruledOut,
  };
}
