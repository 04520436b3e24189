import { go } from './dialects/go.ts';
import { javascript } from './dialects/javascript.ts';
import { jvm } from './dialects/jvm.ts';
import { native } from './dialects/native.ts';
import { placed } from './dialects/placed.ts';
import { python } from './dialects/python.ts';
import { ruby } from './dialects/ruby.ts';
import { rust } from './dialects/rust.ts';
import type { Dialect, Told } from './told.ts';

/** The surest sign first. */
const DIALECTS: readonly Dialect[] = [native, rust, python, jvm, ruby, placed, javascript, go];

/** Reads a message in the first form that fits; else all of it is the error. */
export function readMessage(message: string): Told {
  const lines = message.split('\n');
  for (const dialect of DIALECTS) {
    const told = dialect(lines);
    if (told !== null) return told;
  }
  return { head: lines, frames: [], source: null };
}
