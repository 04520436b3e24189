import type { Suite } from '../framework.ts';
import { npmPath } from '../npm-path.ts';

/** How the project starts Vitest: what stands before `vitest` in its test script. */
export interface Start {
  /** Node's own options. */
  readonly nodeOptions: readonly string[];
  /** Assignments before the command, and `PATH` as npm gives it to scripts. */
  readonly env: Readonly<Record<string, string>>;
}

/** What `Detection.data` keeps of it. */
export function packStart(start: Start, path: string): Suite['data'] {
  return {
    nodeOptions: start.nodeOptions,
    assignments: Object.entries(start.env).map(([name, value]) => `${name}=${value}`),
    path,
  };
}

/** How the suite's processes are started. */
export function startOf(suite: Suite): Start {
  const path = suite.env['PATH'] ?? suite.data['path'];
  const base = typeof path === 'string' ? { PATH: npmPath(suite.dir, path) } : {};
  const assignments = texts(suite.data['assignments']).map((text) => {
    const split = text.indexOf('=');
    return [text.slice(0, split), text.slice(split + 1)] as const;
  });
  return {
    nodeOptions: texts(suite.data['nodeOptions']),
    env: { ...base, ...Object.fromEntries(assignments) },
  };
}

function texts(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === 'string' ? [value] : (value ?? []);
}
