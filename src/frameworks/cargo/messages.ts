import * as v from 'valibot';
import { type Target, TargetSchema } from './metadata.ts';

/** The messages that matter of https://doc.rust-lang.org/cargo/reference/external-tools.html */
type Message =
  | {
      readonly reason: 'compiler-artifact';
      readonly package_id: string;
      readonly target: Target;
      readonly profile: { readonly test: boolean };
      readonly executable: string | null;
    }
  | CompilerMessage
  | { readonly reason: 'build-finished'; readonly success: boolean };

interface CompilerMessage {
  readonly reason: 'compiler-message';
  readonly package_id: string;
  readonly target: Target;
  readonly message: { readonly level: string; readonly rendered: string | null };
}

const MessageSchema: v.GenericSchema<unknown, Message> = v.variant('reason', [
  v.object({
    reason: v.literal('compiler-artifact'),
    package_id: v.string(),
    target: TargetSchema,
    profile: v.object({ test: v.boolean() }),
    executable: v.nullable(v.string()),
  }),
  v.object({
    reason: v.literal('compiler-message'),
    package_id: v.string(),
    target: TargetSchema,
    message: v.object({ level: v.string(), rendered: v.nullable(v.string()) }),
  }),
  v.object({ reason: v.literal('build-finished'), success: v.boolean() }),
]);

/** A test binary. */
export interface TestBinary {
  readonly packageId: string;
  readonly target: Target;
  readonly executable: string;
}

/** What `cargo test --no-run --message-format=json` came to. */
export interface Build {
  /** Null where cargo did not get as far as building. */
  readonly success: boolean | null;
  readonly binaries: readonly TestBinary[];
  readonly errors: readonly CompilerMessage[];
}

export function readBuild(stdout: string): Build {
  let success: boolean | null = null;
  const binaries: TestBinary[] = [];
  const errors: CompilerMessage[] = [];
  for (const line of stdout.split('\n')) {
    const message = line.startsWith('{') ? parseMessage(line) : null;
    switch (message?.reason) {
      case undefined:
        break;
      case 'compiler-artifact':
        if (message.profile.test && message.executable !== null) {
          const { package_id: packageId, target, executable } = message;
          binaries.push({ packageId, target, executable });
        }
        break;
      case 'compiler-message':
        if (message.message.level.startsWith('error')) errors.push(message);
        break;
      case 'build-finished':
        success = message.success;
    }
  }
  return { success, binaries, errors };
}

/** Null for a message of another kind. */
function parseMessage(line: string): Message | null {
  const parsed = v.safeParse(MessageSchema, JSON.parse(line));
  return parsed.success ? parsed.output : null;
}

/** What the compiler said, as people see it. */
export function renderedErrors(errors: readonly CompilerMessage[]): string {
  return errors
    .map(({ message }) => message.rendered ?? '')
    .join('\n')
    .trim();
}
