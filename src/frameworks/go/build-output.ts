import * as v from 'valibot';

/** What `go test -json` said of its packages. */
export interface BuildOutput {
  /** Import path by the name that take.sh printed. */
  readonly taken: ReadonlyMap<string, string>;
  /** Of each package that could not be built, loaded or vetted: why. */
  readonly broken: ReadonlyMap<string, string>;
  /** Of each package that was built and yet failed: what it printed. */
  readonly failed: ReadonlyMap<string, string>;
}

/** The members that matter of `go doc test2json` and `go help buildjson`. */
const Event = v.object({
  Action: v.string(),
  Package: v.optional(v.string()),
  ImportPath: v.optional(v.string()),
  Output: v.optional(v.string(), ''),
  FailedBuild: v.optional(v.string()),
});

/** `FAIL	example.com/pkg [build failed]`: in an event where a test was due, else a plain line. */
const BROKEN = /^FAIL\t(\S+) \[(?:build|setup) failed\]$/;

const TAKEN = /^taken: (\S+)$/;

/**
 * Reads what `go test -json -exec take.sh` wrote. What the compiler says stands on stderr, by
 * package under a line `# import/path`; from Go 1.24 on in events of its own.
 */
export function readBuildOutput(stdout: string, stderr: string): BuildOutput {
  const taken = new Map<string, string>();
  const brokenNames = new Set<string>();
  const failedNames = new Set<string>();
  const printed = new Map<string, string>();
  const said = blocks(stderr);
  const causes = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const event = parseEvent(line);
    const text = event === null ? line : event.Output.trimEnd();
    const broken = BROKEN.exec(text)?.[1];
    if (broken !== undefined) brokenNames.add(broken);
    if (event === null) continue;
    if (event.Action === 'build-output' && event.ImportPath !== undefined) {
      append(said, importPath(event.ImportPath), event.Output);
    }
    if (event.Package === undefined) continue;
    const name = TAKEN.exec(text)?.[1];
    if (name !== undefined) taken.set(name, event.Package);
    append(printed, event.Package, event.Output);
    if (event.Action === 'fail') failedNames.add(event.Package);
    if (event.FailedBuild !== undefined) causes.set(event.Package, importPath(event.FailedBuild));
  }
  const all = [...said.values()].join('') || stderr;
  const why = (name: string): string => said.get(causes.get(name) ?? name) ?? said.get(name) ?? all;
  return {
    taken,
    broken: new Map([...brokenNames].map((name) => [name, why(name).trimEnd()])),
    failed: new Map(
      [...failedNames]
        .filter((name) => !brokenNames.has(name))
        .map((name) => [name, printed.get(name) ?? '']),
    ),
  };
}

function parseEvent(line: string): v.InferOutput<typeof Event> | null {
  if (!line.startsWith('{')) return null;
  try {
    return v.parse(Event, JSON.parse(line));
  } catch (error) {
    // A plain line of the go command's own, or one of a newer event.
    if (error instanceof SyntaxError || v.isValiError(error)) return null;
    throw error;
  }
}

/** By import path what stands under each `# example.com/pkg [example.com/pkg.test]`. */
function blocks(stderr: string): Map<string, string> {
  const found = new Map<string, string>();
  let current: string | null = null;
  for (const line of stderr.split(/(?<=\n)/)) {
    const heading = /^# (\S+)/.exec(line)?.[1];
    if (heading !== undefined) current = heading;
    if (current !== null) append(found, current, line);
  }
  return found;
}

/** Of `example.com/pkg [example.com/pkg.test]` the package. */
function importPath(name: string): string {
  return name.split(' ', 1)[0] ?? name;
}

function append(texts: Map<string, string>, key: string, text: string): void {
  texts.set(key, (texts.get(key) ?? '') + text);
}
