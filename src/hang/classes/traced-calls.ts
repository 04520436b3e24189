import type { RepeatedCall } from '../probes/calls/repeated-call.ts';
import type { Scene } from './hang-class.ts';

/** The system calls that a process made while it was traced; none where it was not. */
export function tracedCalls({ seen }: Scene, pid: number): RepeatedCall[] {
  return (seen.findings ?? [])
    .filter((finding) => finding.pid === pid)
    .flatMap(({ calls = [] }) => calls);
}

/** Calls by which a program only asks whether there is a file. */
const LOOKS =
  /^(?:(?:l|new|newf|f)?stat(?:at|x)?|f?accessat?2?|access|open(?:at2?)?|readlink(?:at)?)$/;

/** One that was asked for by its name again and again, and was not there any time. */
export function missingFile(calls: readonly RepeatedCall[]): RepeatedCall | undefined {
  return calls.find(
    ({ name, target, result, times }) =>
      LOOKS.test(name) && result === 'ENOENT' && times > 1 && target !== null && target !== '',
  );
}

/** `newfstatat(/tmp/x) = ENOENT, 6 times`, for people. */
export function callText({ name, target, result, times }: RepeatedCall): string {
  return `${name}(${target ?? ''}) = ${result}, ${times} times`;
}
