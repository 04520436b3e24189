import type { Frame } from '../stack.ts';

/** Whether a goroutine is the runtime's own, such as a worker of its collector. */
export function isSystem(frames: readonly Frame[]): boolean {
  const name = frames.at(-1)?.function ?? '';
  return name.startsWith('runtime.') && name !== 'runtime.main';
}
