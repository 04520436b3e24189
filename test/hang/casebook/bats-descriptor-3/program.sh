#!/usr/bin/env bash
# hangs: leaked-writer-end
# standing: named
# root: child fd 3
# history: https://github.com/sstephenson/bats/issues/80
# cause: what a test leaves running in the background inherits descriptor 3, the pipe of the results, and the formatter reads that to its end
# The runner hands its results to a formatter through a pipe, and duplicates its end as descriptor 3,
# so that the test's own output can't get in between.
{
  exec 3>&1
  bash -c 'sleep 300 &' > /dev/null 2>&1
  echo ready >&3
} | cat
