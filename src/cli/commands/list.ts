import { randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uuidv7 } from '../../core/ids.ts';
import { FRAMEWORK_NAMES } from '../../core/unit.ts';
import type { PlannedUnit } from '../../plan/order.ts';
import { makePlan } from '../../plan/plan.ts';
import { selectUnits } from '../../plan/select.ts';
import { parseShard } from '../../plan/shard.ts';
import { chooseTier } from '../../process/tier/choose-tier.ts';
import { formatDuration } from '../../report/duration.ts';
import { sanitiseLine } from '../../report/terminal/sanitise.ts';
import { hangAfter } from '../../run/hang-after.ts';
import { listUnits } from '../../run/list-units.ts';
import { type Command, defineCommand } from '../command.ts';
import { listenForInterrupts } from '../run/interrupts.ts';
import { openProject, resolveProject } from '../run/project.ts';
import { readHistory } from '../run/read-history.ts';

export const listCommand: Command = defineCommand({
  name: 'list',
  summary: 'list the units that a run would run',
  usage: ['list [SELECTOR…] [options]', "list 'GLOB' [options] -- COMMAND {unit}"],
  description: [
    'Prints the units in the order in which a run would start them, each with what it is expected to take; runs none of them. Selectors are those of pindown run.',
  ],
  positionals: { min: 0, max: Infinity },
  takesRest: true,
  options: {
    framework: {
      kind: 'enum',
      values: FRAMEWORK_NAMES,
      summary: 'use this framework instead of what is found',
    },
    shard: { kind: 'string', placeholder: 'I/N', summary: 'only what that part would run' },
    json: { kind: 'boolean', summary: 'print one JSON object' },
  },
  examples: [
    { command: 'pindown list', explains: 'everything that pindown run would run' },
    {
      command: 'pindown list --shard 1/3 --json',
      explains: 'the first of three parts, for a program',
    },
  ],
  async run({ options, positionals, rest }, io) {
    const project = openProject(io, options, { selectors: positionals, command: rest });
    const interrupts = listenForInterrupts();
    const { suites } = await resolveProject(project, io);
    const scratch = mkdtempSync(join(tmpdir(), 'pindown-list-'));
    const hangsDir = join(scratch, 'hangs');
    const runId = uuidv7();
    const tier = chooseTier(runId, project.settings.isolation.tier);
    try {
      const units = await listUnits(suites, {
        env: project.env,
        runId,
        tier,
        scratch,
        hangsDir,
        hangAfterMs: hangAfter([], project.settings.hang, new Map()),
        signal: interrupts.signal,
        say: (what) => io.stderr.write(`${what}\n`),
      });
      const { order } = project.settings;
      const known = readHistory(project.root, { sharded: options.shard !== undefined, order });
      const plan = makePlan({
        units: selectUnits(units, project.selectors, { projectRoot: project.root, cwd: io.cwd }),
        ...known,
        seed: randomInt(2 ** 31),
        order,
        shard: options.shard === undefined ? null : parseShard(options.shard),
        workers: project.settings.workers,
      });
      if (options.json === true) await io.print(`${JSON.stringify(asJson(plan.mine))}\n`);
      else await io.print(plan.mine.map(line).join(''));
      return 0;
    } finally {
      tier.close();
      // What was seen of a program that hung is named in what it failed with.
      if (!existsSync(hangsDir)) rmSync(scratch, { recursive: true, force: true });
      interrupts.stop();
    }
  },
});

function asJson(units: readonly PlannedUnit[]): object {
  return {
    units: units.map(({ unit: { id, suite, framework, kind, path }, expectedMs }) => ({
      id,
      suite,
      framework,
      kind,
      path,
      expectedMs,
    })),
  };
}

function line({ unit, expectedMs }: PlannedUnit): string {
  return `${formatDuration(expectedMs).padStart(8)}  ${sanitiseLine(unit.id)}\n`;
}
