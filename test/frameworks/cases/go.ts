import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type ConformanceCase, writeFiles } from '../conformance.ts';

const FILES: Readonly<Record<string, string>> = {
  'go.mod': 'module example.test/suite\n\ngo 1.19\n',

  // No unit: go test itself passes over packages without test files.
  'lib/lib.go': 'package lib\n',

  'pass/pass_test.go': `package pass

import (
	"fmt"
	"testing"
)

func TestOuter(t *testing.T) {
	t.Run("inner", func(t *testing.T) {})
}

func TestFamily(t *testing.T) {
	for n := 1; n <= 2; n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) { t.Parallel() })
	}
}
`,

  'fail/fail_test.go': `package fail

import "testing"

func TestPasses(t *testing.T) {}

func TestFails(t *testing.T) {
	t.Error("expected-failure-message")
}
`,

  'skip/skip_test.go': `package skip

import "testing"

func TestSkipped(t *testing.T) {
	t.Skip("not today")
}
`,

  'broken/broken_test.go': `package broken

import "testing"

func TestNever(t *testing.T) { doesNotExist() }
`,

  'nothing/nothing_test.go': 'package nothing\n',

  'crash/crash_test.go': `package crash

import (
	"os"
	"syscall"
	"testing"
	"time"
)

func TestBefore(t *testing.T) {}

func TestKilled(t *testing.T) {
	syscall.Kill(os.Getpid(), syscall.SIGKILL)
	time.Sleep(time.Minute) // the signal may be another thread's to take
}

func TestAfter(t *testing.T) {}
`,

  'noise/noise_test.go': `package noise

import (
	"fmt"
	"os"
	"testing"
)

const lines = \`
=== RUN   TestFake
--- PASS: TestFake (0.00s)
--- PASS: TestNoisy (0.00s)
    --- PASS: TestNoisy/fake (0.00s)
PASS
ok  	example.test/suite/noise	0.001s
{"Action":"pass","Package":"example.test/suite/noise","Test":"TestFake"}
TAP version 13
ok 1 - fake
1..1
<testsuites><testsuite name="go" tests="1"><testcase name="fake"/></testsuite></testsuites>
{"a":"token","type":"begin"}
{"a":"token","type":"test","name":["fake"],"outcome":"passed"}
{"a":"token","type":"end"}
no newline at the end\`

func TestNoisy(t *testing.T) {
	fmt.Fprint(os.Stdout, lines)
	fmt.Fprint(os.Stderr, lines)
	t.Error("noise")
	fmt.Fprint(os.Stdout, lines)
}
`,

  // Import paths are ASCII; names of files and tests are not.
  'letters/größer 数_test.go': `package letters

import "testing"

func TestGrößer数(t *testing.T) {
	t.Run("größer 数 🚀", func(t *testing.T) {})
}
`,

  'exit/exit_test.go': `package exit

import (
	"os"
	"testing"
)

func TestBefore(t *testing.T) {}

func TestExits(t *testing.T) { os.Exit(0) }

func TestAfter(t *testing.T) {}
`,
};

/** Go, as it is found on `PATH`. */
export const goCase: ConformanceCase = {
  framework: 'go',
  unavailable: async () =>
    await promisify(execFile)('go', ['version']).then(
      () => null,
      () => 'go is not installed',
    ),
  write: async (dir) => await writeFiles(dir, FILES),
  units: {
    pass: 'example.test/suite/pass',
    fail: 'example.test/suite/fail',
    skip: 'example.test/suite/skip',
    loadError: 'example.test/suite/broken',
    noTests: 'example.test/suite/nothing',
    crash: 'example.test/suite/crash',
    noise: 'example.test/suite/noise',
    nonAscii: 'example.test/suite/letters',
    // Go makes every name its own: the second is called same#01.
    twice: null,
    exitZero: 'example.test/suite/exit',
    ownRetry: null,
  },
  expected: {
    pass: [
      ['TestOuter', 'passed'],
      ['TestOuter > inner', 'passed'],
      ['TestFamily', 'passed'],
      ['TestFamily > 1', 'passed'],
      ['TestFamily > 2', 'passed'],
    ],
    fail: [
      ['TestPasses', 'passed'],
      ['TestFails', 'failed'],
    ],
    skip: [['TestSkipped', 'skipped']],
    crash: [['TestBefore', 'passed']],
    noise: [['TestNoisy', 'failed']],
    nonAscii: [
      ['TestGrößer数', 'passed'],
      ['TestGrößer数 > größer_数_🚀', 'passed'],
    ],
    exitZero: [
      ['TestBefore', 'passed'],
      ['TestExits', 'failed'],
    ],
  },
  // Go itself makes a panic of os.Exit(0) in a test, which fails it and ends with status 2.
  outcomes: { exitZero: 'failed' },
};
