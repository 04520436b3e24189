import type { Unit } from '../../src/core/unit.ts';
import type { Framework, Suite } from '../../src/frameworks/framework.ts';
import { UnitCollector, parseRecord, resultLines } from '../../src/frameworks/records.ts';

/**
 * A framework whose units are shell scripts that report for themselves, so that tests of the run
 * loop can say exactly what a process does and when. A script finds `report TYPE [JSON members]`
 * to write a record; in a batch it is the script of the first unit, and the units are `$1`, `$2`, …
 */
export function shellFramework(launching: 'each' | 'batch'): Framework {
  return {
    name: 'command',
    title: 'shell',
    unitKind: 'file',
    launching,
    detect: () => Promise.resolve(null),
    list: () => Promise.resolve([]),
    command: (job) => ({
      argv: [
        'sh',
        '-c',
        `report() { type=$1; shift; printf '{"a":"%s","type":"%s"%s}\\n' '${job.token}' "$type" "$*" >> '${job.resultsFile}'; }\n${job.units[0]?.data['script']}`,
        'sh',
        ...job.units.map(({ file }) => file ?? ''),
      ],
      cwd: job.suite.dir,
      env: {},
    }),
    collect: async (job, { ending }) => {
      const collectors = new Map(job.units.map((unit) => [unit.file, new UnitCollector()]));
      const only = job.units.length === 1 && launching === 'each' ? job.units[0]?.file : undefined;
      for await (const line of resultLines(job.resultsFile)) {
        const parsed = parseRecord(line, job.token);
        if ('refused' in parsed) {
          collectors.get(job.units[0]?.file ?? '')?.refuse(parsed.refused);
          continue;
        }
        const { record } = parsed;
        const collector = collectors.get(
          'unit' in record && record.unit !== null ? record.unit : (only ?? ''),
        );
        if (collector === undefined) continue;
        if (record.type === 'begin' || record.type === 'unit-begin') collector.begun = true;
        if (record.type === 'end' || record.type === 'unit-end') collector.ended = true;
        if (record.type === 'test') collector.test(record);
        if (record.type === 'error') collector.error(record.message);
      }
      const anyFailure = [...collectors.values()].some(({ hasFailures }) => hasFailures);
      const agrees = (ending.exitCode === 0) === !anyFailure;
      return new Map(job.units.map((unit) => [unit.id, collectors.get(unit.file)!.finish(agrees)]));
    },
  };
}

export function shellUnit(name: string, script: string): Unit {
  return {
    id: `shell:${name}`,
    suite: 'shell',
    framework: 'command',
    kind: 'file',
    path: name,
    file: `/${name}`,
    data: { script },
  };
}

export function shellSuite(dir: string): Suite {
  return {
    name: 'shell',
    framework: 'command',
    projectRoot: dir,
    dir,
    args: [],
    env: {},
    version: null,
    data: {},
  };
}
