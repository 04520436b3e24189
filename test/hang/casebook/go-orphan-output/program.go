// hangs: grandchild-holds-stdout
// standing: named
// root: child fd 1
// history: https://github.com/golang/go/issues/24050
// cause: a test left a process behind that holds the test binary's stdout, and Wait returns only when that pipe is closed
package main

import (
	"bytes"
	"os"
	"os/exec"
)

func main() {
	var output bytes.Buffer
	binary := exec.Command("sh", "-c", "sleep 300 & echo PASS; echo ready >&2")
	binary.Stdout = &output
	binary.Stderr = os.Stdout
	binary.Run()
}
