import { join } from 'node:path';
import { containerName, OWNER_LABEL, PROJECT_LABEL, RUN_LABEL } from './containers.ts';

/** What Pindown loads into frameworks lies below; built or not. */
const OWN_FILES = join(import.meta.dirname, '../../..');

/** What all containers of a run have in common. */
export interface ContainerPlan {
  readonly runId: string;
  readonly owner: string;
  readonly projectRoot: string;
  readonly image: string;
  /** Whether the engine puts an init in front of the program, that reaps and hands signals on. */
  readonly init: boolean;
  /** `UID:GID` of the program; null for what the engine makes of it. */
  readonly user: string | null;
  readonly network: string | null;
  /** The user's own further arguments. */
  readonly args: readonly string[];
}

/** What one of them has for itself. */
export interface ContainerOwn {
  readonly token: string;
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /** Directories that it shares beside the project, read-write. */
  readonly shared: readonly string[];
  readonly envFile: string | null;
  /** Variables that the engine takes from its own environment: a line can't hold them. */
  readonly envNames: readonly string[];
}

/**
 * The arguments of `create`. The environment goes by a file, since arguments are anybody's to read
 * in `/proc`. The image's entry point is passed over: what runs is the framework's own command.
 */
export function createArguments(plan: ContainerPlan, own: ContainerOwn): string[] {
  const [program, ...rest] = own.argv;
  const options: readonly (readonly string[])[] = [
    ['--name', containerName(own.token)],
    ['--label', `${RUN_LABEL}=${plan.runId}`],
    ['--label', `${OWNER_LABEL}=${plan.owner}`],
    ['--label', `${PROJECT_LABEL}=${plan.projectRoot}`],
    ['--pull', 'never'],
    // What it prints is ours already; the engine would keep it a second time.
    ['--log-driver', 'none'],
    ...mounts(plan.projectRoot, own.shared),
    ['--workdir', own.cwd],
    own.envFile === null ? [] : ['--env-file', own.envFile],
    ...own.envNames.map((name) => ['--env', name]),
    plan.init ? ['--init'] : [],
    plan.user === null ? [] : ['--user', plan.user],
    plan.network === null ? [] : ['--network', plan.network],
    ['--entrypoint', program],
  ];
  return ['create', ...options.flat(), ...plan.args, plan.image, ...rest];
}

/** All that it shares is at the same path inside, so that no path has to be translated. */
function mounts(projectRoot: string, shared: readonly string[]): string[][] {
  const own = `${OWN_FILES}/`.startsWith(`${projectRoot}/`) ? [] : [bind(OWN_FILES, ',readonly')];
  const all = [bind(projectRoot), ...shared.map((dir) => bind(dir)), ...own];
  return all.map((mount) => ['--mount', mount]);
}

function bind(path: string, how = ''): string {
  return `type=bind,${csv(`source=${path}`)},${csv(`target=${path}`)}${how}`;
}

/** What a mount is made of is a line of CSV, so that a path may hold commas and quotes. */
function csv(field: string): string {
  return /[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
