/*
 * Prints the files that `node --test PATTERN...` would run in this directory, as JSON. Started
 * with the Node that will run them: what is a test file differs by version (globs since 21,
 * TypeScript since 22.18, directories as patterns until 20 and again since 26.10).
 * Exit status 3: a named file is not there.
 */
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import * as nodeTest from 'node:test';

const patterns = process.argv.slice(2);
const [major] = process.versions.node.split('.').map(Number);
let files;
if (major >= 24) files = await ask();
else if (major >= 22) files = glob();
else files = walk();
fs.writeSync(1, JSON.stringify(files));

/** node:test itself says which files it has found, before any of them starts: none ever does. */
async function ask() {
  const found = [];
  const events = nodeTest.run({
    globPatterns: patterns.length > 0 ? patterns : undefined,
    concurrency: 1,
    signal: AbortSignal.abort(),
  });
  events.on('test:enqueue', ({ name }) => found.push(name));
  events.resume();
  await once(events, 'close');
  return found;
}

/** As `createTestFileList` of Node 22 and 23 (lib/internal/test_runner/runner.js). */
function glob() {
  const typed = process.features.typescript ? ',ts,mts,cts' : '';
  const defaults = `**/{test,test/**/*,test-*,*[._-]test}.{js,mjs,cjs${typed}}`;
  const found = fs.globSync(patterns.length > 0 ? patterns : [defaults], {
    exclude: (name) => name === 'node_modules',
  });
  if (patterns.length > 0 && found.length === 0 && !patterns.some(hasMagic)) missing(patterns);
  return found;
}

function hasMagic(pattern) {
  return /[*?[\]{}()!+@]/.test(pattern);
}

/** As `createTestFileList` of Node 18 and 20: files and directories, no globs. */
function walk() {
  const found = new Set();
  const visit = (at, named, underTest) => {
    const stats = fs.statSync(at);
    const name = path.basename(at);
    if (stats.isFile()) {
      const telling = /((^test(-.+)?)|(.+[._-]test))\.[cm]?js$/.test(name);
      if (named || telling || (underTest && /\.[cm]?js$/.test(name))) found.add(at);
    } else if (stats.isDirectory() && (named || name !== 'node_modules')) {
      for (const entry of fs.readdirSync(at)) {
        visit(path.join(at, entry), false, underTest || name === 'test');
      }
    }
  };
  for (const pattern of patterns.length > 0 ? patterns : ['.']) {
    const at = path.resolve(pattern);
    if (!fs.existsSync(at)) missing([at]);
    visit(at, true, false);
  }
  return [...found];
}

function missing(names) {
  process.stderr.write(`Could not find '${names.join(', ')}'\n`);
  process.exit(3);
}
