import { delimiter } from 'node:path';
import { environmentError } from '../../../core/errors.ts';
import { findProgram } from '../find-program.ts';
import { Engine } from './engine.ts';

const ENGINES = ['podman', 'docker'] as const;

/** What a look for an engine came to. */
export type EngineLook =
  | { readonly kind: 'answers'; readonly engine: Engine; readonly version: string | null }
  /** Each that is there, and what it said. */
  | { readonly kind: 'refuses'; readonly said: readonly string[] }
  | { readonly kind: 'none'; readonly looked: readonly string[] };

/** @param wanted the user's own choice; where there is none, podman or docker, the first that answers */
export async function lookForEngine(wanted: string | undefined): Promise<EngineLook> {
  const names = wanted === undefined ? ENGINES : [wanted];
  const places = (process.env['PATH'] ?? '').split(delimiter).filter((place) => place !== '');
  const said: string[] = [];
  for (const name of names) {
    const program = name.includes('/') ? name : findProgram(name, places);
    if (program === null) continue;
    const engine = new Engine(program);
    const { status, stdout, words } = await engine.call(['version']);
    if (status === 0) {
      return { kind: 'answers', engine, version: /Version:\s+(\S+)/.exec(stdout)?.[1] ?? null };
    }
    said.push(`${program} says: ${words}`);
  }
  return said.length > 0 ? { kind: 'refuses', said } : { kind: 'none', looked: names };
}

/** @throws PindownError `no-container-engine` or `container-engine-refuses`, exit status 6 */
export async function openEngine(
  wanted: string | undefined,
): Promise<Extract<EngineLook, { kind: 'answers' }>> {
  const look = await lookForEngine(wanted);
  switch (look.kind) {
    case 'answers':
      return look;
    case 'refuses':
      throw environmentError(
        'container-engine-refuses',
        `[isolation] kind = "container" needs a container engine that answers. ${look.said.join('; ')}`,
        'For docker: is its daemon running, and may this user use its socket? podman needs no daemon. "pindown doctor" looks again.',
      );
    case 'none':
      throw environmentError(
        'no-container-engine',
        `[isolation] kind = "container" needs ${look.looked.join(' or ')}, which PATH does not have.`,
        'Install podman or docker, or name its program as "engine" in [isolation].',
      );
  }
}
