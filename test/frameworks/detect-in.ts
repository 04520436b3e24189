import type { Detection, Framework } from '../../src/frameworks/framework.ts';
import { withDirectory, writeFiles } from './conformance.ts';

/** What an adapter detects in a directory that holds these files and no packages. */
export async function detectIn(
  detect: Framework['detect'],
  files: Readonly<Record<string, string>>,
  forced = false,
): Promise<Detection | null> {
  return await withDirectory(async (dir) => {
    await writeFiles(dir, files);
    return await detect({ dir, env: {}, forced });
  });
}

/** A package.json with that test script. */
export function script(text: string): Record<string, string> {
  return { 'package.json': JSON.stringify({ scripts: { test: text } }) };
}
