/*
 * Writes down the files that `mocha ARGUMENT...` would run in this directory, and the options that
 * its configuration has for Node, by mocha's own loading of options and lookup of files.
 *
 * node list.mjs OUT MOCHA_DIRECTORY ARGUMENT...
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [out, mochaDir, ...words] = process.argv.slice(2);
const require = createRequire(import.meta.url);

/** Mocha's CommonJS modules are .js until 11 and .cjs in 12. */
function mochaModule(name) {
  const file = path.join(mochaDir, 'lib', 'cli', name);
  return require(fs.existsSync(`${file}.cjs`) ? `${file}.cjs` : `${file}.js`);
}

const { isNodeFlag, unparseNodeFlags } = mochaModule('node-flags');
const options = mochaModule('options').loadOptions(words);
const flags = Object.entries(options).filter(([name]) => isNodeFlag(name));

/* As bin/mocha: `node-option` wins over flags, and `v8-` is not part of V8's own names. */
const nodeArgs =
  options['node-option']?.map((option) => `--${option}`) ??
  unparseNodeFlags(
    Object.fromEntries(flags.map(([name, value]) => [name.replace(/^v8-(?!options$)/, ''), value])),
  );

const specs = options.spec ?? options._ ?? [];
const collected = mochaModule('collect-files')({
  allowEmpty: true,
  ignore: options.ignore ?? [],
  extension: options.extension ?? [],
  // What --file names is loaded before every unit and is none itself.
  file: [],
  recursive: options.recursive ?? false,
  sort: false,
  spec: specs.length > 0 ? specs : ['./test'],
});
const before = new Set((options.file ?? []).map((file) => path.resolve(file)));
const files = (Array.isArray(collected) ? collected : collected.files).filter(
  (file) => !before.has(file),
);
const { bin } = require(path.join(mochaDir, 'package.json'));
fs.writeFileSync(out, JSON.stringify({ files, nodeArgs, bin: path.join(mochaDir, bin.mocha) }));
