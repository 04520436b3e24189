import { redact } from '../../core/redact.ts';

/** A value with every text in it redacted; its shape stays. */
export function redacted<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === 'string' ? redact(inner) : inner,
    ),
  ) as T;
}
