import type { HangClass } from '../../hang/classes/hang-class.ts';
import { HANG_CLASSES } from '../../hang/classes/registry.ts';

/** `docs/hangs.md`, from the classes themselves. */
export function hangsPage(): string {
  const classes = HANG_CLASSES.toSorted((a, b) => a.name.localeCompare(b.name));
  return `# Hangs

\`pindown hang PID\` looks at a process and all that come from it, from outside, and says what waits for what; it ends nothing and leaves nothing stopped. In a run the same look is taken before a unit is ended that makes no progress, that reaches its time-out, or that is interrupted: \`hang.json\`, \`hang.md\` and \`hang.svg\` lie beside its output, and its attempt has the verdict in every report.

A look takes two samples of every thread half a second apart, the system call that it is blocked in and that call's arguments; it finds who holds the other end of every pipe, socket and lock, and what each language's own memory says of its threads. Then it asks what may still go on: whatever runs, waits for a time, for somebody outside of the tree, or for anything unknown. What is left can't: that is a proof, and two equal ones at least a second apart end an attempt before its time-out (\`[hang]\` in [the configuration](configuration.md)). Everything else is named as surely as it was seen, with what it may be taken for, and waits for its time-out.

A class claims what it can tell by one observation that decides it. Where two remain, both are named, with what would decide; below its confidence a verdict is \`unknown\`, with all that was seen. What was not proven and might be slow rather than stuck is said so, too.

${classes.map(section).join('\n')}`;
}

function section({ name, title, causes, fixes }: HangClass): string {
  return `## ${name}

${title.charAt(0).toUpperCase()}${title.slice(1)}.

- **Usual causes.** ${causes.join(' ')}
- **Try first.** ${fixes.join(' ')}
`;
}
