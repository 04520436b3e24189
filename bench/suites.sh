#!/usr/bin/env bash
# Lays real suites, which nobody here wrote, into a directory, from npm's registry and Debian's
# packages alone, and prints the variables by which the benchmarks find them:
#   eval "$(bench/suites.sh DIR)" && npm run bench
set -euo pipefail

mkdir -p "${1:?Say which directory the suites are to be laid into}"
dir=$(cd "$1" && pwd)

say() { printf '%s\n' "$*" >&2; }

# unpack PACKAGE@VERSION TARGET: the package as it was published, its tests with it
unpack() {
  local tarball
  mkdir -p "$2"
  tarball=$(npm pack --silent --pack-destination "$dir" "$1" | tail -n 1)
  tar -xzf "$dir/$tarball" -C "$2" --strip-components 1
  rm "$dir/$tarball"
}

# add TARGET PACKAGE…: installs what the package asks for, and what else is named
add() { (cd "$1" && shift && npm install --silent --ignore-scripts --no-audit --no-fund --no-package-lock "$@" >&2); }

if [ ! -e "$dir/fastify/node_modules" ]; then
  say 'node:test: Fastify'
  unpack fastify@5.12.8 "$dir/fastify"
  add "$dir/fastify"
fi
echo "export PINDOWN_BENCH_NODE_TEST='$dir/fastify' PINDOWN_BENCH_NODE_TEST_FILES='test/**/*.test.js'"

if [ ! -e "$dir/zod/node_modules" ]; then
  say 'Vitest: Zod'
  unpack zod@4.6.7 "$dir/zod"
  add "$dir/zod" --no-save vitest@5.1.1
fi
echo "export PINDOWN_BENCH_VITEST='$dir/zod' PINDOWN_BENCH_VITEST_FILES='src/v3 src/v4/mini'"

if [ ! -e "$dir/jest/node_modules" ]; then
  say 'Jest: two of the packages of Jest'
  unpack @jest/pattern@30.5.0 "$dir/jest/pattern"
  unpack @jest/snapshot-utils@30.5.1 "$dir/jest/snapshot-utils"
  echo '{"scripts": {"test": "jest"}}' >"$dir/jest/package.json"
  cat >"$dir/jest/babel.config.cjs" <<'JS'
module.exports = {
  presets: ['@babel/preset-typescript'],
  plugins: ['@babel/plugin-transform-modules-commonjs'],
};
JS
  add "$dir/jest" --no-save jest@30.5.2 @jest/pattern@30.5.0 @jest/snapshot-utils@30.5.1 \
    @babel/preset-typescript@7.29.7
fi
echo "export PINDOWN_BENCH_JEST='$dir/jest'"

modules=/usr/lib/python3/dist-packages
if [ -d "$modules/toolz/tests" ]; then
  mkdir -p "$dir/toolz"
  cp -r "$modules/toolz" "$modules/tlz" "$dir/toolz"
  # Debian leaves out the tests' __init__.py, which would have made the project importable.
  printf '[pytest]\npythonpath = .\n' >"$dir/toolz/pytest.ini"
  echo "export PINDOWN_BENCH_PYTEST='$dir/toolz'"
else
  say 'pytest: toolz is not there; apt-get install python3-toolz python3-pytest python3-pytest-xdist'
fi
