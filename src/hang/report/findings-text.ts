import type { RepeatedCall } from '../probes/calls/repeated-call.ts';
import type { Disturbance, Finding } from '../probes/probe.ts';
import { framePlace, type Stack } from '../probes/stack.ts';

/** So many stacks of one answer, and frames of one stack, are shown; the raw evidence has all. */
const MOST_STACKS = 40;
const MOST_FRAMES = 20;
const MOST_CALLS = 20;
const MOST_LETTERS = 300;

/** What processes said when they were asked, for people; empty where none said anything. */
export function findingsText(findings: readonly Finding[]): string {
  return findings.flatMap(answerLines).join('\n');
}

/** Why who was asked said nothing, or not everything. */
export function unansweredOf(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ probe, pid, missing }) =>
    missing === null ? [] : [`${probe} of pid ${pid}: ${missing}`],
  );
}

function answerLines(finding: Finding): string[] {
  const { probe, pid, disturbed, stacks, said = [], calls = [] } = finding;
  const kept = keepersOf(finding);
  if (stacks.length + said.length + calls.length + kept.length === 0) return [];
  const left = stacks.length - MOST_STACKS;
  return [
    `pid ${pid}, by ${probe} (${DISTURBS[disturbed]}):`,
    ...kept.map((line) => `  ${clean(line)}`),
    ...said.map((line) => `  ${clean(line)}`),
    ...stacks.slice(0, MOST_STACKS).flatMap(stackLines),
    ...(left > 0 ? [`  and ${left} more`] : []),
    ...calls.slice(0, MOST_CALLS).map((call) => `  ${clean(callText(call))}`),
    '',
  ];
}

/** What keeps the event loop of a Node. */
function keepersOf({ node }: Finding): string[] {
  const { handles = [], timers = [] } = node?.resources ?? {};
  return [
    ...handles.map(({ kind, what }) => `kept by ${kind} ${what}`),
    ...timers.map(({ kind, everyMs, place }) =>
      [`kept by its ${kind} of ${everyMs} ms`, ...(place === null ? [] : [place])].join(', '),
    ),
  ].slice(0, MOST_STACKS);
}

function callText({ name, target, result, times }: RepeatedCall): string {
  return `${times} times ${name}(${target ?? ''}) = ${result}`;
}

/** In the order of what it costs the one that is asked. */
const DISTURBS: Readonly<Record<Disturbance, string>> = {
  nothing: 'it was not touched',
  'starts-inspector': 'its inspector was opened for that',
  stops: 'it stood still meanwhile',
  'may-interrupt-calls': 'some of its calls may have returned EINTR',
  kills: 'it is over by that',
};

function stackLines({ of, tid, name, state, frames }: Stack): string[] {
  const who = [of, tid, name === null ? null : JSON.stringify(name)].filter(
    (word) => word !== null,
  );
  const left = frames.length - MOST_FRAMES;
  return [
    `  ${clean(who.join(' '))}${state === undefined ? '' : `, ${clean(state)}`}`,
    ...frames.slice(0, MOST_FRAMES).map((frame) => `    at ${clean(framePlace(frame))}`),
    ...(left > 0 ? [`    and ${left} more frames`] : []),
  ];
}

/** Names come from processes that are not ours: no line break and no escape gets through. */
function clean(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '?').slice(0, MOST_LETTERS);
}
