import { readFile } from 'node:fs/promises';
import { parse } from 'smol-toml';
import { type Target, kindOf } from './metadata.ts';

/**
 * Whether the target is tested by libtest, or by a `main` of its own (`harness = false`), which
 * cargo tells nobody.
 *
 * @param manifest the path of its package's Cargo.toml
 */
export async function usesLibtest(manifest: string, target: Target): Promise<boolean> {
  const toml = parse(await readFile(manifest, 'utf8'));
  const kind = kindOf(target);
  if (kind === 'lib') return !isOff(toml['lib']);
  const all = toml[kind];
  if (!Array.isArray(all)) return true;
  return !all.some((one) => isTable(one) && one['name'] === target.name && isOff(one));
}

function isOff(table: unknown): boolean {
  return isTable(table) && table['harness'] === false;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
