# hangs: mutex-owner-gone
# standing: proven
# root: child
# history: https://github.com/python/cpython/issues/50970
# cause: a thread held the lock of a logging handler while another one forked: in the child the lock is held for ever, since the thread that would release it is not there
# What logging did before Python 3.7.1, which makes its locks anew in the child.
import os, threading

lock = threading.Lock()
held = threading.Event()
forked = threading.Event()

def emit():
    with lock:
        held.set()
        forked.wait()

threading.Thread(target=emit).start()
held.wait()
child = os.fork()
if child == 0:
    print('ready', flush=True)
    with lock:
        os._exit(0)
forked.set()
os.waitpid(child, 0)
