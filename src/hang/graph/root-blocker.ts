import type { Source, Wait } from './wait.ts';

/** What waits for what, with those taken together that wait for each other in a circle. */
export interface WaitGraph {
  /** Whether one waits, however far off, for the other, which does not wait for it. */
  waitsFor(wait: Wait, other: Wait): boolean;
  /** The wait itself and all others that it waits for, however far off. */
  behind(wait: Wait): readonly Wait[];
  /** Those of some, and all others that wait for one of them, however far off. */
  leadingTo(targets: readonly Wait[]): ReadonlySet<Wait>;
  /** The ends of all chains: circles, and waits that wait for nobody of the tree. */
  readonly roots: readonly (readonly Wait[])[];
}

/**
 * Turns waits into a graph whose circles (strongly connected components) are known. A wait for a
 * process leads to all of its threads, since any of them could end it; a process stands between the
 * two as a node of its own, so that 500 threads that wait for their process are 500 edges.
 */
export function waitGraph(waits: readonly Wait[]): WaitGraph {
  const threads = new Map(waits.map((wait, index) => [wait.thread.tid, index]));
  const indices = Map.groupBy(waits.keys(), (index) => waits[index]?.thread.pid ?? 0);
  const pids = [...indices.keys()];
  const processes = new Map(pids.map((pid, index) => [pid, waits.length + index]));
  const edges: number[][] = waits.map(({ sources }) =>
    sources.flatMap((source) => nodeOf(source, threads, processes) ?? []),
  );
  for (const pid of pids) edges.push(indices.get(pid) ?? []);
  const circles = circlesIn(edges);
  const membersOf = Map.groupBy(waits, (_wait, index) => circles[index] ?? -1);
  const indexOf = new Map(waits.map((wait, index) => [wait, index]));
  const circleAt = (wait: Wait): number => circles[indexOf.get(wait) ?? -1] ?? -1;
  const behind = (wait: Wait): Wait[] =>
    reachable(edges, [indexOf.get(wait) ?? -1]).flatMap((node) => waits[node] ?? []);
  const leading = new Set(circles.filter((circle, node) => leads(edges, circles, node, circle)));
  return {
    waitsFor: (wait, other) => circleAt(wait) !== circleAt(other) && behind(wait).includes(other),
    behind,
    leadingTo: (targets) => {
      const nodes = targets.flatMap((wait) => indexOf.get(wait) ?? []);
      return new Set(reachable(turned(edges), nodes).flatMap((node) => waits[node] ?? []));
    },
    roots: [...membersOf].flatMap(([circle, members]) => (leading.has(circle) ? [] : [members])),
  };
}

function nodeOf(
  source: Source,
  threads: ReadonlyMap<number, number>,
  processes: ReadonlyMap<number, number>,
): number | undefined {
  switch (source.kind) {
    case 'process':
    case 'end':
      return processes.get(source.pid);
    case 'thread':
      return threads.get(source.tid);
    case 'outside':
    case 'time':
    case 'ready':
    case 'unknown':
      return undefined;
  }
}

/** Whether an edge of a node leads out of its circle. */
function leads(
  edges: readonly (readonly number[])[],
  circles: readonly number[],
  node: number,
  circle: number,
): boolean {
  return edges[node]?.some((next) => circles[next] !== circle) === true;
}

function reachable(edges: readonly (readonly number[])[], from: readonly number[]): number[] {
  const met = new Set(from);
  for (const node of met) {
    for (const next of edges[node] ?? []) met.add(next);
  }
  return [...met];
}

/** The same edges, each the other way round. */
function turned(edges: readonly (readonly number[])[]): number[][] {
  const back: number[][] = edges.map(() => []);
  for (const [from, list] of edges.entries()) {
    for (const to of list) back[to]?.push(from);
  }
  return back;
}

/**
 * The strongly connected component of each node, by a number: Tarjan's algorithm, with a stack of
 * its own in place of recursion, since a tree may have thousands of threads.
 */
function circlesIn(edges: readonly (readonly number[])[]): number[] {
  const order: (number | undefined)[] = Array.from({ length: edges.length });
  const low: number[] = Array.from({ length: edges.length }, () => 0);
  const circles: number[] = Array.from({ length: edges.length }, () => -1);
  const open: number[] = [];
  let visited = 0;
  for (const start of edges.keys()) {
    const path = order[start] === undefined ? [{ node: start, next: 0 }] : [];
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const { node } = at;
      if (order[node] === undefined) {
        order[node] = low[node] = visited++;
        open.push(node);
      }
      const next = edges[node]?.[at.next++];
      if (next !== undefined) {
        const seen = order[next];
        if (seen === undefined) path.push({ node: next, next: 0 });
        else if (circles[next] === -1) low[node] = Math.min(low[node] ?? seen, seen);
        continue;
      }
      path.pop();
      const above = path.at(-1)?.node;
      if (above !== undefined) low[above] = Math.min(low[above] ?? 0, low[node] ?? 0);
      if (low[node] !== order[node]) continue;
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        circles[member] = node;
        if (member === node) break;
      }
    }
  }
  return circles;
}
