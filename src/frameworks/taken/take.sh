# Stands in for a test binary's start: a build tool that is told to start its test binaries by this
# script (go test -exec, cargo's target.<triple>.runner) says in doing so how each is to be started.
#
# usage: sh take.sh copy|leave DIRECTORY BINARY [ARGUMENT...]
#
# Writes into a new directory below DIRECTORY, each string ended by a NUL: `argv` (the working
# directory, the binary, its arguments) and `env`. `copy` brings the binary there, too: Go deletes
# its own. Prints the name of the new directory.
set -eu
how=$1
directory=$2
shift 2
take=$(mktemp -d "$directory/take.XXXXXXXXXX")
binary=$1
shift
if [ "$how" = copy ]; then
  # No link to another file system: then a copy, whose own failure is the one to be told.
  ln "$binary" "$take/${binary##*/}" 2>"$take/link.log" || cp "$binary" "$take/${binary##*/}"
  binary=$take/${binary##*/}
fi
printf '%s\0' "$(pwd)" "$binary" "$@" >"$take/argv"
env -0 >"$take/env"
printf 'taken: %s\n' "${take##*/}"
