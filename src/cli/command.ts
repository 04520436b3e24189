import type { Io } from './io.ts';

/** One option of a command; its name in the table is its long form. */
export type OptionSpec = {
  /** One letter. */
  readonly short?: string;
  /** A full sentence without its period: what it does. */
  readonly summary: string;
  /** What holds when it is left out, in words, for the help. */
  readonly default?: string;
} & (
  | { readonly kind: 'boolean' }
  | { readonly kind: 'string'; readonly placeholder: string }
  | { readonly kind: 'list'; readonly placeholder: string }
  | {
      readonly kind: 'integer';
      readonly placeholder: string;
      readonly min: number;
      readonly max?: number;
    }
  /** `90`, `90s`, `5m`, `250ms`; a plain number is seconds. Milliseconds in the result. */
  | { readonly kind: 'duration'; readonly placeholder: string }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
);

export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** The type of an option's value as its command gets it. */
type OptionValue<S extends OptionSpec> = S extends { readonly kind: 'list' }
  ? readonly string[]
  : S extends { readonly kind: 'integer' | 'duration' }
    ? number | undefined
    : S extends { readonly kind: 'boolean' }
      ? boolean | undefined
      : S extends { readonly kind: 'enum'; readonly values: readonly (infer V)[] }
        ? V | undefined
        : string | undefined;

export interface CommandInput<T extends OptionTable> {
  readonly options: { readonly [Name in keyof T]: OptionValue<T[Name]> };
  readonly positionals: readonly string[];
  /** What stands after `--`; null where there is no `--`. */
  readonly rest: readonly string[] | null;
}

/** One command: help, documentation, completion and parsing are all made from this. */
export interface Command<T extends OptionTable = OptionTable> {
  readonly name: string;
  /** One line, lower case, no period. */
  readonly summary: string;
  /** Each after `pindown `: `run [SELECTOR…] [options]`. */
  readonly usage: readonly string[];
  /** Paragraphs. */
  readonly description: readonly string[];
  /** How many positionals it takes. */
  readonly positionals: { readonly min: number; readonly max: number };
  /** Whether `--` and what follows mean something to it. */
  readonly takesRest: boolean;
  readonly options: T;
  readonly examples: readonly { readonly command: string; readonly explains: string }[];
  /** Runs it; returns the exit status. */
  run(input: CommandInput<T>, io: Io): Promise<number>;
}

/** Lets the types of a command's options be inferred from its table. */
export function defineCommand<const T extends OptionTable>(command: Command<T>): Command<T> {
  return command;
}
