import { basename } from 'node:path';
import type { ObservedProcess } from '../observe/observation.ts';

/** The language runtime whose threads a process has; null for none, or for one that is not known. */
export function runtimeOf({ now }: ObservedProcess): 'node' | 'python' | 'java' | null {
  const name = basename(now.executable ?? '').replace(/ \(deleted\)$/, '');
  if (/^node(?:js)?(?:-?[\d.]+)?$/.test(name)) return 'node';
  if (/^(?:python|pypy)[\d.]*[a-z]*$/.test(name)) return 'python';
  return name === 'java' ? 'java' : null;
}
