import type { Verdict } from '../../core/verdict.ts';
import type { Root } from '../classes/hang-class.ts';
import type { Diagnosis } from '../diagnose.ts';
import type { Standing } from '../standing.ts';
import type { Source, WaitKind } from '../graph/wait.ts';
import type { Finding } from '../probes/probe.ts';
import { deafTo } from './deaf-to.ts';

/** What `pindown hang --json` prints. */
export interface HangJson {
  readonly schemaVersion: 1;
  readonly standing: Standing;
  readonly hung: boolean;
  readonly proven: boolean;
  readonly verdict: Verdict & { readonly root: Root | null };
  /** Every class that claims it, the surest first. */
  readonly candidates: readonly {
    readonly class: string;
    readonly confidence: number;
    readonly summary: string;
    readonly couldBe: readonly string[];
    readonly fixes: readonly string[];
  }[];
  readonly graph: {
    readonly processes: readonly {
      readonly pid: number;
      readonly parent: number;
      readonly command: string;
      readonly state: string;
      /** Which signals that ask for an end it ignores or blocks, in words. */
      readonly deafTo: readonly string[];
    }[];
    readonly waits: readonly {
      readonly pid: number;
      readonly tid: number;
      readonly kind: WaitKind;
      readonly what: string;
      readonly stuck: boolean;
      readonly sources: readonly Source[];
    }[];
  };
  /** What its processes said when they were asked, and what that may have done to them. */
  readonly findings: readonly Finding[];
  /** What could not be seen, and why. */
  readonly missing: readonly string[];
  /** Paths of files that were written. */
  readonly evidence: readonly string[];
}

/** A diagnosis for programs. */
export function hangJson({
  scene,
  standing,
  hung,
  proven,
  candidates,
  verdict,
}: Diagnosis): HangJson {
  const { seen, waits, progress } = scene;
  return {
    schemaVersion: 1,
    standing,
    hung,
    proven,
    verdict: {
      ...verdict,
      root: verdict.class === 'unknown' ? null : (candidates[0]?.root ?? null),
    },
    candidates: candidates.map(({ class: { name, fixes }, confidence, summary, couldBe }) => ({
      class: name,
      confidence,
      summary,
      couldBe,
      fixes,
    })),
    graph: {
      processes: [...seen.processes.values()].map(({ pid, now }) => ({
        pid,
        parent: now.parent,
        command: now.commandLine,
        state: now.state,
        deafTo: deafTo(now),
      })),
      waits: waits.map((wait) => ({
        pid: wait.thread.pid,
        tid: wait.thread.tid,
        kind: wait.kind,
        what: wait.what,
        stuck: !progress.may.has(wait),
        sources: wait.sources,
      })),
    },
    findings: seen.findings ?? [],
    missing: seen.missing,
    evidence: [],
  };
}
