/** What a tool that reads Pindown's records may import. */
export type { Attempt, Leak, Location, RetryNote, TestResult, UnitResult } from './core/attempt.ts';
export { PindownError } from './core/errors.ts';
export type { EventOf, RunEvent } from './core/event.ts';
export type { AttemptOutcome, TestOutcome, UnitOutcome } from './core/outcome.ts';
export type { Host, RunEnd, RunInfo, Shard, SuiteInfo, Tier, Totals } from './core/run.ts';
export type { FrameworkName, Unit, UnitKind } from './core/unit.ts';
export type { Verdict } from './core/verdict.ts';
export { readEvents } from './report/read-events.ts';
