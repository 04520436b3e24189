/**
 * What others may import: the records of Pindown for tools that read them, and the primitives
 * against transient faults for suites and tools that meet them in their own code
 * (docs/library.md).
 */
export type { Attempt, Leak, Location, RetryNote, TestResult, UnitResult } from './core/attempt.ts';
export { PindownError } from './core/errors.ts';
export type { EventOf, RunEvent } from './core/event.ts';
export type { AttemptOutcome, TestOutcome, UnitOutcome } from './core/outcome.ts';
export type { Host, RunEnd, RunInfo, Shard, SuiteInfo, Tier, Totals } from './core/run.ts';
export type { FrameworkName, Unit, UnitKind } from './core/unit.ts';
export type { Verdict } from './core/verdict.ts';
export {
  dumpOnHang,
  type DumpOnHangOptions,
  type HangGuard,
} from './hang/watchdog/dump-on-hang.ts';
export { acquireLease } from './lease/acquire-lease.ts';
export type { Lease, LeaseBlocked, LeaseFailed, LeaseOptions, LeaseResult } from './lease/lease.ts';
export { readEvents } from './report/read-events.ts';
export { DeadlineError } from './retry/deadline-error.ts';
export { ETXTBSY_RULE } from './retry/etxtbsy-rule.ts';
export { filePresent, type FilePresentOptions, type Presence } from './retry/file-present.ts';
export { installExecutable, type InstallOptions } from './retry/install-executable.ts';
export type { Pace } from './retry/pace.ts';
export type { RetryHooks, RetryTerms } from './retry/retry-course.ts';
export {
  type EtxtbsyOptions,
  retryEtxtbsy,
  retryEtxtbsySync,
  spawnRetry,
} from './retry/retry-etxtbsy.ts';
export { type RetryOptions, retryTransient, retryTransientSync } from './retry/retry-transient.ts';
export { isSystemFault, type SystemFaultShape } from './retry/system-fault.ts';
export type { Timekeeper } from './retry/timekeeper.ts';
export type { TransientFault, TransientRule } from './retry/transient-rule.ts';
export { type ReadyOptions, untilReady } from './retry/until-ready.ts';
export { type DeadlineOptions, withDeadline } from './retry/with-deadline.ts';
