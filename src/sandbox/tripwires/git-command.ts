import type { Trip } from '../../core/trip.ts';

const GIT = /(?:^|\/)git$/;
/** Options before the command that take the next word (git(1)). */
const WITH_VALUE: ReadonlySet<string> = new Set([
  '-C',
  '-c',
  '--git-dir',
  '--work-tree',
  '--namespace',
  '--super-prefix',
  '--config-env',
  '--exec-path',
]);

const TREE = 'checkout switch reset restore stash merge rebase pull cherry-pick revert am apply';
const STAGE = 'add commit rm mv update-index read-tree';

/** Commands of git that make a change; `git status` and `git log` make none. */
const COMMANDS: Readonly<Record<Trip['kind'], ReadonlySet<string>>> = {
  head: setOf(`${TREE} commit update-ref symbolic-ref bisect`),
  index: setOf(`${TREE} ${STAGE} bisect`),
  tree: setOf(`${TREE} rm mv clean checkout-index read-tree bisect`),
  port: setOf(''),
  file: setOf(''),
};

/** Whether it is the command line of a git that makes such changes. */
export function isGitThatChanges(kind: Trip['kind'], commandLine: string): boolean {
  const words = commandLine.split(' ');
  if (!GIT.test(words[0] ?? '')) return false;
  for (let index = 1; index < words.length; index += 1) {
    const word = words[index]!;
    if (WITH_VALUE.has(word)) index += 1;
    else if (!word.startsWith('-')) return COMMANDS[kind].has(word);
  }
  return false;
}

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}
