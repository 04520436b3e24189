import { usageError } from '../core/errors.ts';
import type { Suite } from './framework.ts';
import { findInstalled } from './package-json.ts';

/** What {@link checkVersion} asks of the project's own copy of a framework. */
interface Required {
  /** Its npm package. */
  readonly name: string;
  /** As people write it. */
  readonly title: string;
  /** The oldest major version that is supported. */
  readonly oldest: number;
  /** The framework's own command. */
  readonly command: string;
  /** The error for a directory in which it can't be resolved. */
  missing(dir: string): Error;
}

/** Throws a `PindownError` where the framework is not installed for the suite, or is too old. */
export async function checkVersion(suite: Suite, required: Required): Promise<void> {
  const { name, title, oldest, command } = required;
  const installed = await findInstalled(suite.dir, name);
  if (installed === null) throw required.missing(suite.dir);
  if (Number.parseInt(installed.version, 10) >= oldest) return;
  throw usageError(
    `${name}-too-old`,
    `Expected ${title} ${oldest} or newer, got ${installed.version} (${installed.dir})`,
    // A command needs a unit: the manifest stands for the whole suite.
    `Upgrade it (npm i -D ${name}@latest), or run it as a whole: ` +
      `pindown run package.json -- sh -c '${command}'`,
  );
}
