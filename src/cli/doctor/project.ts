import { accessSync, constants, existsSync } from 'node:fs';
import { loadConfig } from '../../config/config.ts';
import { CONFIG_NAME } from '../../config/project-root.ts';
import { describeFault, PindownError } from '../../core/errors.ts';
import { FRAMEWORK_NAMES } from '../../core/unit.ts';
import { loadFramework } from '../../frameworks/registry.ts';
import { openHistory } from '../../history/sqlite/open.ts';
import { stateDirectory } from '../../run/state-directory.ts';
import type { DoctorFinding } from './finding.ts';

/** What a run in this project would find. */
export async function projectFindings(
  root: string,
  env: Readonly<Record<string, string>>,
): Promise<DoctorFinding[]> {
  return [
    configFinding(root),
    stateFinding(root),
    historyFinding(root),
    ...(await frameworkFindings(root, env)),
  ];
}

function configFinding(root: string): DoctorFinding {
  const name = 'configuration';
  try {
    loadConfig(root);
  } catch (error) {
    if (!(error instanceof PindownError)) throw error;
    return {
      name,
      state: 'bad',
      found: error.message,
      means: 'a run would end with exit status 2',
    };
  }
  const there = existsSync(`${root}/${CONFIG_NAME}`);
  return {
    name,
    state: 'ok',
    found: there ? `${root}/${CONFIG_NAME}` : `none in ${root}`,
    means: there ? 'it is valid' : 'the defaults hold',
  };
}

function stateFinding(root: string): DoctorFinding {
  const { dir } = stateDirectory(root);
  const target = existsSync(dir) ? dir : root;
  try {
    accessSync(target, constants.W_OK);
    return {
      name: 'state',
      state: 'ok',
      found: `${dir} can be written`,
      means: 'every attempt keeps its output there',
    };
  } catch (error) {
    return {
      name: 'state',
      state: 'bad',
      found: `${target}: ${describeFault(error)}`,
      means: 'nothing can be run: attempts keep their output there',
    };
  }
}

function historyFinding(root: string): DoctorFinding {
  const name = 'history';
  const { historyFile } = stateDirectory(root);
  if (!existsSync(historyFile))
    return { name, state: 'ok', found: 'none yet', means: 'the first run begins it' };
  const opened = openHistory(historyFile);
  if (opened.kind === 'unavailable') {
    return {
      name,
      state: 'less',
      found: opened.error.message,
      means: 'runs go on without: no durations, no flaky rates',
    };
  }
  const [latest] = opened.history.runs(1);
  opened.history.close();
  const setAside =
    opened.setAside === null ? '' : `; a damaged one was set aside as ${opened.setAside.file}`;
  return {
    name,
    state: 'ok',
    found: `${latest === undefined ? 'empty' : `latest run: ${latest.info.number}`}${setAside}`,
    means: 'durations order the next run',
  };
}

async function frameworkFindings(
  root: string,
  env: Readonly<Record<string, string>>,
): Promise<DoctorFinding[]> {
  const findings: DoctorFinding[] = [];
  for (const frameworkName of FRAMEWORK_NAMES) {
    const framework = await loadFramework(frameworkName);
    const name = `framework ${framework.name}`;
    try {
      const detection = await framework.detect({ dir: root, env, forced: false });
      if (detection === null) continue;
      const version = detection.version === null ? '' : ` ${detection.version}`;
      findings.push({
        name,
        state: 'ok',
        found: `${framework.title}${version}: ${detection.because}`,
        means: `strength ${detection.strength} of 3`,
      });
    } catch (error) {
      if (!(error instanceof PindownError)) throw error;
      findings.push({
        name,
        state: 'bad',
        found: error.message,
        means: error.hint ?? 'it could not be used',
      });
    }
  }
  if (findings.length > 0) return findings;
  return [
    {
      name: 'framework',
      state: 'bad',
      found: 'no suite was found',
      means: 'a run would end with exit status 4',
    },
  ];
}
