import * as v from 'valibot';
import { environmentError } from '../../core/errors.ts';
import { compileGlob } from '../../core/glob.ts';
import type { ListContext, Suite } from '../framework.ts';
import type { CargoArguments, TargetFlag } from './arguments.ts';

/** The members that matter of https://doc.rust-lang.org/cargo/commands/cargo-metadata.html */
export interface Metadata {
  readonly packages: readonly Package[];
  readonly workspace_root: string;
  readonly workspace_default_members?: readonly string[] | undefined;
  readonly target_directory: string;
  readonly build_directory?: string | null | undefined;
}

export interface Package {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly manifest_path: string;
  readonly targets: readonly Target[];
}

export interface Target {
  readonly kind: readonly string[];
  readonly name: string;
  readonly src_path: string;
  readonly test: boolean;
  readonly doctest: boolean;
}

export const TargetSchema: v.GenericSchema<unknown, Target> = v.object({
  kind: v.array(v.string()),
  name: v.string(),
  src_path: v.string(),
  test: v.optional(v.boolean(), true),
  doctest: v.optional(v.boolean(), false),
});

const MetadataSchema: v.GenericSchema<unknown, Metadata> = v.object({
  packages: v.array(
    v.object({
      id: v.string(),
      name: v.string(),
      version: v.string(),
      manifest_path: v.string(),
      targets: v.array(TargetSchema),
    }),
  ),
  workspace_root: v.string(),
  workspace_default_members: v.optional(v.array(v.string())),
  target_directory: v.string(),
  build_directory: v.optional(v.nullable(v.string())),
});

/** How much of cargo's own words an error repeats, in characters from their end. */
export const WORDS_LENGTH = 4_000;

/** The workspace as cargo sees it. */
export async function readMetadata(
  suite: Suite,
  args: CargoArguments,
  context: ListContext,
): Promise<Metadata> {
  const { ending, stdout, stderr } = await context.run(
    ['cargo', 'metadata', '--no-deps', '--format-version', '1', ...args.place],
    { cwd: suite.dir },
  );
  if (ending.exitCode === 0) return v.parse(MetadataSchema, JSON.parse(stdout));
  throw environmentError(
    'cargo-metadata-failed',
    `cargo could not read the workspace:\n${stderr.trim().slice(-WORDS_LENGTH)}`,
    'Does `cargo metadata --no-deps` work there?',
  );
}

/** What a target is called by cargo's options. */
export type TargetKind = 'lib' | 'bin' | 'test' | 'example' | 'bench' | 'build-script';

export function kindOf(target: Target): TargetKind {
  switch (target.kind[0]) {
    case 'bin':
    case 'test':
    case 'example':
    case 'bench':
      return target.kind[0];
    case 'custom-build':
      return 'build-script';
    default: // lib, rlib, dylib, cdylib, staticlib, proc-macro
      return 'lib';
  }
}

/**
 * The packages that the arguments choose, as cargo would. Before 1.71 it does not say which ones
 * are the default: then those of the directory, all in a workspace without a package of its own.
 */
export function selectedPackages(metadata: Metadata, args: CargoArguments): readonly Package[] {
  const { all, named, excluded } = args.packages;
  const { packages, workspace_root: root } = metadata;
  const among = (specs: readonly string[]) => {
    const tests = specs.map(specTest);
    return (one: Package): boolean => tests.some((test) => test(one));
  };
  if (all) {
    const out = among(excluded);
    return packages.filter((one) => !out(one));
  }
  if (named.length > 0) return packages.filter(among(named));
  const defaults = metadata.workspace_default_members;
  if (defaults !== undefined) return packages.filter(({ id }) => defaults.includes(id));
  const own = packages.filter((one) => one.manifest_path === `${root}/Cargo.toml`);
  return own.length > 0 ? own : packages;
}

/** `name`, `name@version`, `name:version`, `na*`, or an id as cargo prints it. */
function specTest(spec: string): (one: Package) => boolean {
  const matches = compileGlob(spec);
  return ({ id, name, version }) =>
    [id, name, `${name}@${version}`, `${name}:${version}`].includes(spec) || matches(name);
}

/** The package's targets that `cargo test` with these options builds tests of. */
export function testTargets(one: Package, flags: readonly TargetFlag[]): readonly Target[] {
  if (flags.length === 0) return one.targets.filter(({ test }) => test);
  return one.targets.filter((target) => flags.some((flag) => takes(flag, target)));
}

function takes({ flag, value }: TargetFlag, target: Target): boolean {
  const kind = kindOf(target);
  switch (flag) {
    case 'all-targets':
      return kind !== 'build-script';
    case 'tests':
      return target.test;
    case 'lib':
      return kind === 'lib';
    case 'bins':
    case 'examples':
      return kind === flag.slice(0, -1);
    case 'benches':
      return kind === 'bench';
    case 'bin':
    case 'test':
    case 'example':
    case 'bench':
      return kind === flag && value !== null && compileGlob(value)(target.name);
    default: // doc
      return false;
  }
}

/** The package as cargo's `-p` takes it; `name@version` is newer than the ids with a `#`. */
export function packageSpec({ id, name, version }: Package): string {
  return `${name}${id.includes('#') ? '@' : ':'}${version}`;
}

/** The option that chooses this target alone. */
export function targetOption(target: Target): readonly string[] {
  const kind = kindOf(target);
  return kind === 'lib' ? ['--lib'] : [`--${kind}`, target.name];
}
