import type { FrameworkName } from '../core/unit.ts';
import type { Framework } from './framework.ts';

/**
 * Every adapter, in the order in which detection asks them. Loaded on demand, so that a command
 * that needs none of them starts fast.
 */
const LOADERS: Readonly<Record<FrameworkName, () => Promise<Framework>>> = {
  'node-test': async () => (await import('./node-test/index.ts')).nodeTest,
  vitest: async () => (await import('./vitest/index.ts')).vitest,
  jest: async () => (await import('./jest/index.ts')).jest,
  mocha: async () => (await import('./mocha/index.ts')).mocha,
  pytest: async () => (await import('./pytest/index.ts')).pytest,
  go: async () => (await import('./go/index.ts')).go,
  cargo: async () => (await import('./cargo/index.ts')).cargo,
  command: async () => (await import('./command/index.ts')).command,
};

/** The adapter of that name. */
export async function loadFramework(name: FrameworkName): Promise<Framework> {
  return await LOADERS[name]();
}
