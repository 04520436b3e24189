import type { Confusable, HangClass } from '../../hang/classes/hang-class.ts';
import { HANG_CLASSES } from '../../hang/classes/registry.ts';

/** `docs/hangs.md`, from the classes themselves. */
export function hangsPage(): string {
  const classes = HANG_CLASSES.toSorted((a, b) => a.name.localeCompare(b.name));
  return `# Hangs

\`pindown hang PID\` looks at a process and all that come from it, from outside, and says what waits for what; it ends nothing and leaves nothing stopped. In a run the same look is taken before a unit is ended that makes no progress, that reaches its time-out, or that is interrupted: \`hang.json\`, \`hang.md\` and \`hang.svg\` lie beside its output, and its attempt has the verdict in every report.

A look takes two samples of every thread half a second apart, the system call that it is blocked in and that call's arguments; it finds who holds the other end of every pipe, socket and lock, and what each language's own memory says of its threads. Then it asks what may still go on: whatever runs, waits for a time, for somebody outside of the tree, or for anything unknown. What is left can't: that is a proof, and two equal ones at least a second apart end an attempt before its time-out (\`[hang]\` in [the configuration](configuration.md)). Everything else is named as surely as it was seen, with what it may be taken for, and waits for its time-out.

A class claims what it can tell by one observation that decides it. Where two remain, both are named, with what would decide; below its confidence a verdict is \`unknown\`, with all that was seen. What was not proven and might be slow rather than stuck is said so, too.

## In a run

- **Before it is ended** a unit is first looked at without being touched, and that is kept. Then, since it ends anyway, its processes are asked from inside: by an inspector, by a trace, by a signal that makes a runtime print its stacks. What each of these does to them is in \`hang.json\`, what they said on the page. One that is interrupted has two seconds for all of that.
- **\`--on-hang=hold\`** stops the whole tree as it is, after the look and without asking it anything that could set it free. The run waits, and says how to look, to end it and to let it go on (then it has its whole time limit once more). It is \`hung\` whatever becomes of it. Nothing that is held outlives the run: Ctrl-C ends both.
- **\`--on-hang=report\`** says that it hangs and leaves it until its time-out, where it is looked at again.
- **All tests over, and the process stays**: where the framework reports its tests while they run, that is known, and the verdict is \`exit-blocked\`, with what keeps the process.
- **Batches** (Jest, Vitest): whether a file still makes progress is told by the worker that runs it, and that worker is what is looked at, so that a busy neighbour hides nothing. Where files run in threads it is the whole process.
- **Before the first unit**: a program that lists tests and hangs, or a \`[[setup]]\` step, is looked at as well. The error says what it waited for; the evidence of a listing is kept in \`.pindown/hangs/\`, the last ten of them.
- **Armed**: a process that runs pytest can be asked for its stacks by a real-time signal that is otherwise unused; they go into memory, not into a file or its output. It costs some hundredths of a millisecond. What it starts is not armed.
- **Known again**: two hangs of one class, with one root and blocked in one call, are one case of [the ledger](ledger.md).
- **Secrets** in command lines (\`--token=…\`, \`PASSWORD=…\`, credentials in URLs) are left out of everything that is kept.

${classes.map(section).join('\n')}`;
}

function section({ name, title, causes, fixes, decidedBy, confusedWith }: HangClass): string {
  return `## ${name}

${title.charAt(0).toUpperCase()}${title.slice(1)}.

- **Decided by.** ${decidedBy}
- **Not to be confused with.** ${confusedWith.map(toldApart).join(' ')}
- **Usual causes.** ${causes.join(' ')}
- **Try first.** ${fixes.join(' ')}
`;
}

function toldApart({ name, toldApartBy }: Confusable): string {
  return `\`${name}\`: ${toldApartBy}`;
}
