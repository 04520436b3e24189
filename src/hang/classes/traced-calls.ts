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

/** A file that was asked for again and again and was not there; its name may be unknown. */
export function missingFile(calls: readonly RepeatedCall[]): RepeatedCall | undefined {
  const looks = calls.filter(({ name, result }) => LOOKS.test(name) && result === 'ENOENT');
  const named = looks.find(({ target, times }) => times > 1 && target !== null);
  return named ?? looks.find(({ times }) => times > 1);
}

/** `newfstatat(/tmp/x) = ENOENT, 6 times`, for people. */
export function callText({ name, target, result, times }: RepeatedCall): string {
  return `${name}(${target ?? ''}) = ${result}, ${times} times`;
}
