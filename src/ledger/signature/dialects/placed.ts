import type { Dialect, Frame } from '../told.ts';

/** `at Shop.Cart.Add() in /src/Cart.cs:line 12`. */
const DOTNET = /^\s*at (?<name>[\w.`<>+[\]]+)\(.*\)(?: in (?<file>.+):line \d+)?$/;
/** `#0 /app/src/Cart.php(12): Shop\Cart->add()`, and PHPUnit's `/app/tests/CartTest.php:12`. */
const PHP = /^(?:#\d+ )?(?<file>\S+\.php)(?:\(\d+\)|:\d+)(?:: (?<name>[\w\\>:-]+)\(.*\))?$/;
/** ExUnit's `     test/cart_test.exs:12: (test)` and `(shop 0.1.0) lib/cart.ex:3: Shop.Cart.add/1`. */
const ELIXIR = /^\s+(?:\(\S+ \S+\) )?(?<file>\S+\.exs?):\d+(?:: (?<name>\S+))?$/;
const FORMS: readonly RegExp[] = [DOTNET, PHP, ELIXIR];

/** Languages whose frames name their place in one line. */
export const placed: Dialect = (lines) => {
  const form = FORMS.find((pattern) => lines.some((line) => pattern.test(line)));
  if (form === undefined) return null;
  const frames = lines.flatMap((line): Frame[] => {
    const { file, name } = form.exec(line)?.groups ?? {};
    if (file === undefined) return [];
    const nameless = name === undefined || name === '(test)' || /Tests?[.:\\]/.test(name);
    return [{ file, name: nameless ? null : name }];
  });
  return { head: lines.filter((line) => !form.test(line)), frames, source: null };
};
