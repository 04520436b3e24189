/*
 * Loaded by --import into the process of the project's own `mocha`, before anything of it: it
 * makes mocha run the job's one file with our reporter, and leaves alone whatever else mocha does
 * with its arguments and its configuration. Works with mocha 8 to 12.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, openChannel } from '../channel.mjs';

const parameters = new URL(import.meta.url).searchParams;
const mochaDir = parameters.get('mocha');
const require = createRequire(import.meta.url);

/** Mocha is looking for the file. */
let looking = false;

const write = openChannel(import.meta.url);
if (write !== null) {
  write({ type: 'begin' });
  const Recorder = require('./recorder.cjs');
  const why = watchFailures();
  Recorder.connect({
    write,
    describe,
    reporters: () => require(mochaFile('lib/reporters/index')),
    onStart: () => why.stop(),
  });
  runOnly(parameters.get('file'));
  // Mocha exits as soon as a file can't be loaded, and tells its reporter nothing.
  process.on('exit', () => {
    if (looking) write({ type: 'unseen', message: why.last ?? 'no test files found' });
    if (!Recorder.started && why.last !== null) write({ type: 'error', message: why.last });
  });
  process.on('uncaughtExceptionMonitor', (error) => {
    if (!Recorder.started) why.last = describe(error);
    if (Recorder.ended)
      write({ type: 'error', message: `after the last test: ${describe(error)}` });
  });
}

function runOnly(file) {
  const { isNodeFlag } = require(mochaFile('lib/cli/node-flags'));

  const collecting = mochaFile('lib/cli/collect-files');
  const collectFiles = require(collecting);
  require.cache[require.resolve(collecting)].exports = (options) => {
    // It exits where it finds none.
    looking = true;
    const collected = collectFiles({ ...options, spec: [file], ignore: [] });
    looking = false;
    return collected;
  };

  // In place: mocha 12 imports it, and an import sees the object that was there first.
  const options = require(mochaFile('lib/cli/options'));
  const { loadOptions } = options;
  options.loadOptions = (argv) => {
    const loaded = loadOptions(argv);
    for (const name of Object.keys(loaded)) {
      // Node has its own options already; mocha would start another process for them.
      if (isNodeFlag(name) || OVERRIDDEN.test(name)) delete loaded[name];
    }
    return { ...loaded, reporter: require.resolve('./recorder.cjs') };
  };
}

/**
 * Options that would run something else than this file in this process, report elsewhere, or
 * judge a single file by a rule that is meant for a whole run.
 */
const OVERRIDDEN =
  /^(?:node-option|n|parallel|p|jobs|j|watch.*|w|reporter-?options?|O|R|fail-?zero|pass-?on-?failing-?test-?suite)$/i;

/** Mocha's CommonJS modules are .js until 11 and .cjs in 12. */
function mochaFile(name) {
  const file = path.join(mochaDir, name);
  return fs.existsSync(`${file}.cjs`) ? `${file}.cjs` : `${file}.js`;
}

/** Remembers what mocha said last until the tests start: it says why before it exits. */
function watchFailures() {
  const original = console.error;
  const said = (...words) => {
    const error = words.find((word) => word instanceof Error);
    state.last = error === undefined ? words.join(' ').trim() : describe(error);
    Reflect.apply(original, console, words);
  };
  const state = {
    last: null,
    stop() {
      if (console.error === said) console.error = original;
    },
  };
  console.error = said;
  return state;
}
