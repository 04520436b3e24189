import { environmentError } from '../../core/errors.ts';
import type { ListContext, ProcessResult, Suite } from '../framework.ts';
import type { CargoArguments } from './arguments.ts';
import { type Build, type TestBinary, readBuild, renderedErrors } from './messages.ts';
import {
  type Metadata,
  type Package,
  type Target,
  WORDS_LENGTH,
  kindOf,
  packageSpec,
  selectedPackages,
  targetOption,
  testTargets,
} from './metadata.ts';

/** Building everything, from nothing, on a slow machine. */
export const BUILD_TIMEOUT_MS: number = 30 * 60_000;

/** Some test binaries, and the words of `cargo test` that choose just these. */
export interface Built {
  readonly binaries: readonly TestBinary[];
  readonly choice: readonly string[];
}

/** A target that could not be built. */
interface Broken {
  readonly owner: Package;
  readonly target: Target;
  readonly why: string;
}

export interface BuiltTests {
  readonly built: readonly Built[];
  readonly broken: readonly Broken[];
}

interface Asked {
  readonly suite: Suite;
  readonly args: CargoArguments;
  readonly metadata: Metadata;
  readonly context: ListContext;
}

/**
 * Builds all tests as `cargo test` would. Where that fails, each target is built by itself, so
 * that a broken one is known with its own errors and the others can run: cargo stops at the first,
 * and `--keep-going` is for `cargo build` alone.
 */
export async function buildTests(asked: Asked): Promise<BuiltTests> {
  const { args, context, metadata } = asked;
  const whole = await build(asked, 'test', args.cargo);
  if (whole.success === true) {
    const choice = args.targets.length === 0 ? [...args.cargo, '--tests'] : args.cargo;
    return { built: [{ binaries: whole.binaries, choice }], broken: [] };
  }
  if (whole.success === null) throw notBuilt(whole.result);
  context.say('the build failed; building each target by itself');
  const built: Built[] = [];
  const broken: Broken[] = [];
  for (const owner of selectedPackages(metadata, args)) {
    const targets = testTargets(owner, args.targets);
    // `cargo test` builds examples without tests, too, and fails with them.
    const examples =
      args.targets.length > 0 ? [] : owner.targets.filter((target) => kindOf(target) === 'example');
    for (const target of new Set([...targets, ...examples])) {
      const tested = targets.includes(target);
      const own = ['-p', packageSpec(owner), ...targetOption(target), ...args.common];
      const one = await build(asked, tested ? 'test' : 'build', own);
      if (one.success === true) {
        if (tested) built.push({ binaries: one.binaries, choice: [...own, ...args.filter] });
      } else if (!/requires the features/.test(one.result.stderr)) {
        broken.push({ owner, target, why: renderedErrors(one.errors) || one.result.stderr.trim() });
      }
    }
  }
  if (broken.length === 0) throw notBuilt(whole.result);
  return { built, broken };
}

async function build(
  { suite, context }: Asked,
  how: 'test' | 'build',
  words: readonly string[],
): Promise<Build & { readonly result: ProcessResult }> {
  const start = how === 'test' ? ['test', '--no-run'] : ['build'];
  const result = await context.run(['cargo', ...start, '--message-format=json', ...words], {
    cwd: suite.dir,
    timeoutMs: BUILD_TIMEOUT_MS,
  });
  if (result.timedOut) throw notBuilt(result);
  return { ...readBuild(result.stdout), result };
}

function notBuilt({ stderr, timedOut }: ProcessResult): Error {
  return environmentError(
    'cargo-build-failed',
    `cargo could not build the tests${timedOut ? ' in time' : ''}:\n${stderr.trim().slice(-WORDS_LENGTH)}`,
    'Does `cargo test --no-run` work there, with the same arguments?',
  );
}
