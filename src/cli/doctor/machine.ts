import { existsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { uuidv7 } from '../../core/ids.ts';
import { loadSystemCalls } from '../../process/native/load-system-calls.ts';
import { chooseTier } from '../../process/tier/choose-tier.ts';
import { availableProcessors } from '../../process/processors.ts';
import type { DoctorFinding } from './finding.ts';

/** What the machine and its kernel allow. */
export function machineFindings(): DoctorFinding[] {
  return [
    nodeFinding(),
    platformFinding(),
    processorsFinding(),
    memoryFinding(),
    tierFinding(),
    ...systemCallFindings(),
    procFinding(),
  ];
}

function nodeFinding(): DoctorFinding {
  return {
    name: 'node',
    state: 'ok',
    found: process.version,
    means: 'Pindown itself runs under it; suites run under the one on PATH',
  };
}

function platformFinding(): DoctorFinding {
  const linux = process.platform === 'linux';
  return {
    name: 'platform',
    state: linux ? 'ok' : 'less',
    found: `${process.platform} ${process.arch}`,
    means: linux
      ? 'supported fully'
      : 'runs; what a process leaves behind is found by its process group alone',
  };
}

function processorsFinding(): DoctorFinding {
  const usable = availableProcessors();
  const seen = availableParallelism();
  return {
    name: 'processors',
    state: 'ok',
    found: usable === seen ? String(usable) : `${usable} of ${seen}, by the control group's quota`,
    means: `${usable} units run at once unless --workers says otherwise`,
  };
}

function memoryFinding(): DoctorFinding {
  const limit = process.constrainedMemory();
  const limited = limit > 0 && limit < totalmem();
  return {
    name: 'memory',
    state: 'ok',
    found: limited ? `${gib(limit)}, by the control group's limit` : gib(totalmem()),
    means: 'shared by all that runs at once',
  };
}

function tierFinding(): DoctorFinding {
  const tier = chooseTier(uuidv7());
  const fault = tier.close();
  return {
    name: 'tier',
    state: tier.name === 'group' ? 'less' : 'ok',
    found: `${tier.name}: ${tier.because}${fault === null ? '' : `; ${fault}`}`,
    means: TIER_MEANS[tier.name],
  };
}

const TIER_MEANS = {
  cgroup: 'nothing that an attempt starts can leave it: all of it is found, named and ended',
  subreaper:
    'what an attempt starts stays a descendant of Pindown, and is told apart by a limit that it inherits: all of it is found, named and ended',
  group:
    'an attempt is held by its process group; what leaves it is found by its session, its environment or its output, but a process that gives up all three is not',
} as const;

/** One of all that are there; one of each that is not, with what goes without it. */
function systemCallFindings(): DoctorFinding[] {
  const name = 'system calls';
  const calls = loadSystemCalls();
  if (calls.via === null) {
    const means = Object.values(CALL_MEANS).join('; ');
    return [{ name, state: 'less', found: calls.because, means }];
  }
  const missing = calls.missing();
  if (missing.length === 0) {
    const means = 'orphans come to Pindown, and leases are locks of the kernel';
    return [{ name, state: 'ok', found: `by ${calls.via}`, means }];
  }
  return missing.map(({ call, because }) => ({
    name,
    state: 'less',
    found: `${call} by ${calls.via}: ${because}`,
    means: CALL_MEANS[call] ?? 'nothing that Pindown itself does needs it',
  }));
}

/** What goes without a system call. */
const CALL_MEANS: Readonly<Record<string, string>> = {
  PR_SET_CHILD_SUBREAPER:
    'the tier subreaper is not to be had, and the tier cgroup loses what leaves its group',
  F_OFD_SETLK: 'leases are kept by files that tell who made them, not by locks of the kernel',
};

function procFinding(): DoctorFinding {
  const there = existsSync('/proc/self/stat');
  return {
    name: 'proc',
    state: there ? 'ok' : 'less',
    found: there ? '/proc is readable' : 'there is no /proc',
    means: there
      ? 'leaks are named by pid and command, and a hang is told from slow progress'
      : 'leaks are seen only in the process group, and every time-out counts as a hang',
  };
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
