import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventOf, RunEvent } from '../../../src/core/event.ts';
import type { Trip } from '../../../src/core/trip.ts';
import { type Report, shellProject } from '../project.ts';

/** Runs git in a project, with nobody's configuration but the project's own. */
export function git(dir: string, ...args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd: dir,
    env: { PATH: process.env['PATH'], HOME: dir, GIT_CONFIG_NOSYSTEM: '1' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A project of shell scripts whose files are all committed on the branch `main`. */
export function committedProject(files: Readonly<Record<string, string>>): string {
  const dir = shellProject({ '.gitignore': '/.sync/\n/out/\n', '.sync/x': '', ...files });
  git(dir, 'init', '--quiet', '--initial-branch', 'main');
  git(dir, 'config', 'user.name', 'A');
  git(dir, 'config', 'user.email', 'a@example.org');
  git(dir, 'add', '--all');
  git(dir, 'commit', '--quiet', '--message', 'all');
  return dir;
}

/** The notices of a run, as its event file has them. */
export function noticesOf(dir: string, { run }: Report): readonly EventOf<'notice'>[] {
  const file = join(dir, '.pindown', 'runs', run.id, 'events.ndjson');
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent)
    .filter((event) => event.type === 'notice');
}

export function tripsOf(dir: string, report: Report): readonly Trip[] {
  return noticesOf(dir, report).flatMap(({ trip }) => (trip === undefined ? [] : [trip]));
}

/** The reason that the last attempt of a unit gives. */
export function reasonOf(report: Report, path: string): string {
  return report.units.find((unit) => unit.path === path)?.attempts.at(-1)?.reason ?? '';
}
