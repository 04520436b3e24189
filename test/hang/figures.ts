/**
 * Looks once at every program of the corpus and prints how often the class and the root were right,
 * for the half that rules were made on and for the half that they were not.
 * `node test/hang/figures.ts [PART OF A NAME]`
 */
import { extname } from 'node:path';
import { everyProgram, type Program } from './corpus.ts';
import { Hanging, isStatedRoot, unavailable } from './hanging.ts';

const AT_ONCE = 2;

interface Seen {
  readonly program: Program;
  readonly class: string;
  readonly classRight: boolean;
  readonly rootRight: boolean;
  readonly hung: boolean;
  readonly proven: boolean;
  readonly ms: number;
}

const wanted = process.argv[2] ?? '';
const programs = everyProgram().filter(({ name }) => name.includes(wanted));
const skipped = programs.filter((program) => unavailable(program) !== false);
const todo = programs.filter((program) => unavailable(program) === false);
const seen: Seen[] = [];
const failed: string[] = [];

await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let program = todo.shift(); program !== undefined; program = todo.shift()) {
      try {
        seen.push(await lookAtOne(program));
      } catch (error) {
        failed.push(`${program.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }),
);

const hangs = seen.filter(({ program }) => program.hangs !== null);
const slow = seen.filter(({ program }) => program.hangs === null);
for (const heldOut of [false, true]) {
  const half = hangs.filter(({ program }) => program.heldOut === heldOut);
  const share = (of: (each: Seen) => boolean): string => {
    const right = half.filter(of).length;
    return `${right} of ${half.length} (${((100 * right) / half.length).toFixed(1)} %)`;
  };
  console.log(
    `${heldOut ? 'held out' : 'seen'}: class ${share((each) => each.classRight)}, root ${share((each) => each.rootRight)}, proven ${share((each) => each.proven)}`,
  );
}
const wronged = slow.filter(({ hung, proven }) => hung || proven);
console.log(`slow, not hung: ${slow.length - wronged.length} of ${slow.length}`);
const languages = Map.groupBy(hangs, ({ program }) => extname(program.name));
console.log([...languages].map(([language, of]) => `${language} ${of.length}`).join(', '));
const classes = Map.groupBy(hangs, ({ program }) => program.hangs);
const single = [...classes].filter(([, of]) => of.length < 2).map(([name]) => name);
console.log(
  `${classes.size} classes; with fewer than two programs: ${single.join(', ') || 'none'}`,
);
const times = seen.map(({ ms }) => ms).toSorted((a, b) => a - b);
console.log(`a look: median ${times[times.length >> 1]} ms, longest ${times.at(-1)} ms`);
for (const { program, class: named, classRight, rootRight } of hangs) {
  if (classRight && rootRight) continue;
  const what = classRight ? 'its root' : `named ${named}`;
  console.log(
    `  ${program.name}${program.heldOut ? ' (held out)' : ''}: ${program.hangs}: ${what}`,
  );
}
for (const { program, class: named } of wronged) console.log(`  ${program.name}: called ${named}`);
for (const { name, path, least } of skipped) {
  console.log(`  ${name}: skipped, ${unavailable({ path, least })}`);
}
for (const line of failed) console.log(`  ${line}`);

async function lookAtOne(program: Program): Promise<Seen> {
  return await Hanging.during(program, async (hanging) => {
    const begun = performance.now();
    const { hung, proven, verdict, candidates } = await hanging.look();
    return {
      program,
      class: verdict.class,
      classRight: verdict.class === program.hangs,
      rootRight: isStatedRoot(hanging, candidates[0]?.root),
      hung,
      proven,
      ms: Math.round(performance.now() - begun),
    };
  });
}
