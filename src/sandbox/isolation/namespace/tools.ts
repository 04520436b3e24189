import { delimiter } from 'node:path';
import { findProgram } from '../find-program.ts';

const TOOLS = ['unshare', 'nsenter', 'setsid', 'setpriv', 'sh', 'sleep'] as const;

/** The programs by which an attempt gets namespaces of its own; absolute paths. */
export type Tools = Readonly<Record<(typeof TOOLS)[number], string>>;

/** Where they are on any Linux, whatever a `PATH` says. */
const USUAL = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];

/** @returns the programs, or the names of those that are not there */
export function findTools(path: string | undefined): Tools | readonly string[] {
  const places = [...(path ?? '').split(delimiter).filter((place) => place !== ''), ...USUAL];
  const found = Object.fromEntries(TOOLS.map((name) => [name, findProgram(name, places)]));
  const missing = TOOLS.filter((name) => found[name] === null);
  return missing.length > 0 ? missing : (found as Tools);
}
