import type { Progress } from '../graph/may-progress.ts';
import type { WaitGraph } from '../graph/root-blocker.ts';
import type { ThreadRef, Wait } from '../graph/wait.ts';
import type { Observation } from '../observe/observation.ts';

/** Everything that the classes decide by: what was seen, and what it means for each thread. */
export interface Scene {
  readonly seen: Observation;
  readonly waits: readonly Wait[];
  readonly progress: Progress;
  readonly graph: WaitGraph;
}

/** What a hang is laid at. */
export interface Root {
  readonly pid: number;
  readonly command: string;
  readonly thread: ThreadRef | null;
  readonly fd: number | null;
  /** A file and a line, a lock, a path; null where nothing of the kind is known. */
  readonly place: string | null;
}

/** A class that claims a scene, with the observations that decided it. */
export interface Claim {
  readonly root: Root;
  /** Whose wait it tells of, where the root is somebody else who only has what is waited for. */
  readonly waiter?: ThreadRef;
  /** From 0 to 1: how surely it is this class and not one that looks alike. */
  readonly confidence: number;
  /** One sentence for people: what waits for what. */
  readonly summary: string;
  /** The observations that decided it, the strongest first. */
  readonly decidedBy: readonly string[];
  /** What these observations rule out, and why. */
  readonly ruledOut: readonly string[];
  /** What could be something else all the same, and what would decide. */
  readonly couldBe: readonly string[];
  /** It makes progress, only slowly: no hang at all. */
  readonly progresses?: true;
  /**
   * It says what the tree is at, and not that it hangs: whether that ever ends can't be told from
   * outside (an endless loop and a long one look the same). What would decide, in words.
   */
  readonly undecided?: string;
}

/** Another class that looks alike from outside. */
export interface Confusable {
  /** Of a class of the registry. */
  readonly name: string;
  /** What tells it from that one, or that nothing does from outside; it goes on after a colon. */
  readonly toldApartBy: string;
}

/** One way to hang: how it is recognised, and what to do about it. One file each. */
export interface HangClass {
  /** kebab-case, stable: it stands in reports. */
  readonly name: string;
  /** One sentence for people, without a period. */
  readonly title: string;
  /** What usually causes it. */
  readonly causes: readonly string[];
  /** What to try, the best first. */
  readonly fixes: readonly string[];
  /** The observation that decides it, with what that rules out, in one sentence. */
  readonly decidedBy: string;
  /** The classes that look alike, none of them itself. */
  readonly confusedWith: readonly Confusable[];
  /** What of the scene is of this class; empty where nothing is. */
  claim(scene: Scene): readonly Claim[];
}
