import { loadConfig } from '../../config/config.ts';
import type { IsolationGroup } from '../../config/isolation-group.ts';
import { PindownError } from '../../core/errors.ts';
import { lookForEngine } from '../../sandbox/isolation/container/open-engine.ts';
import { namespaceWay } from '../../sandbox/isolation/namespace/open-namespaces.ts';
import type { DoctorFinding } from './finding.ts';

/** What attempts could run in beside an ordinary process, found out by trying it. */
export async function isolationFindings(root: string): Promise<DoctorFinding[]> {
  const wanted = wishOf(root);
  return [namespaceFinding(wanted), await containerFinding(wanted)];
}

/** Null where the configuration can't be read, which is a finding of its own. */
function wishOf(root: string): IsolationGroup | null {
  try {
    return loadConfig(root).isolation;
  } catch (error) {
    if (error instanceof PindownError) return null;
    throw error;
  }
}

function namespaceFinding(wanted: IsolationGroup | null): DoctorFinding {
  const way = namespaceWay();
  const kind = 'namespace';
  if (typeof way === 'string') return missing(kind, wanted, way);
  return {
    name: kind,
    state: 'ok',
    found: way.because,
    means:
      '[isolation] kind = "namespace" can be had: each attempt in a pid and a mount namespace of its own',
  };
}

async function containerFinding(wanted: IsolationGroup | null): Promise<DoctorFinding> {
  const look = await lookForEngine(wanted?.engine);
  const kind = 'container';
  switch (look.kind) {
    case 'none':
      return missing(kind, wanted, `${look.looked.join(' or ')} is not on PATH`);
    case 'refuses':
      return missing(kind, wanted, look.said.join('; '));
    case 'answers':
      return {
        name: kind,
        state: 'ok',
        found: `${look.engine.program}${look.version === null ? '' : ` ${look.version}`} answers`,
        means:
          '[isolation] kind = "container" can be had, with an image that has what the suite needs',
      };
  }
}

function missing(
  kind: 'namespace' | 'container',
  wanted: IsolationGroup | null,
  found: string,
): DoctorFinding {
  const asked = wanted?.kind === kind;
  return {
    name: kind,
    state: asked ? 'bad' : 'less',
    found,
    means: asked
      ? `[isolation] kind = "${kind}" is asked for: a run would end with exit status 6`
      : `[isolation] kind = "${kind}" can't be had; nothing else needs it`,
  };
}
