#!/usr/bin/env bash
# hangs: file-lock-held
# standing: proven
# root: top place .cargo-lock
# history: https://github.com/rust-lang/rust/issues/35816
# cause: the test runner holds the lock of its build directory while the tests run, and a test starts the same tool in it and waits for its end
# What `cargo test` of 2016 did to tests that run cargo.
exec 9> "$TMPDIR/.cargo-lock"
flock 9
echo ready
bash -c 'exec 9>&-; flock "$TMPDIR/.cargo-lock" echo built'
