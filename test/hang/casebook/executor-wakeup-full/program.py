# hangs: pipe-back-pressure
# standing: proven
# root: top
# history: https://github.com/python/cpython/issues/105829
# cause: each submit writes to the wake-up pipe under the lock that its only reader needs before it reads: once the pipe is full, neither goes on
# What concurrent.futures.ProcessPoolExecutor of CPython 3.10 does, by the same parts.
import os, select, threading, time

shutdown_lock = threading.Lock()
reader, writer = os.pipe()

def manage():
    # Its thread gets to run late, as on a busy machine.
    while select.select([], [writer], [], 0)[1]:
        time.sleep(0.01)
    select.select([reader], [], [])
    print('ready', flush=True)
    with shutdown_lock:
        os.read(reader, 4)

def submit():
    with shutdown_lock:
        os.write(writer, b'\0' * 4)

threading.Thread(target=manage, daemon=True).start()
while True:
    submit()
