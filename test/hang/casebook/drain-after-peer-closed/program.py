# hangs: syscall-spin
# standing: undecided
# root: top
# history: https://github.com/goodboy/tractor/blob/main/ai/conc-anal/trio_wakeup_socketpair_busy_loop_under_fork_issue.md
# cause: the loop's wake-up is drained until it would block, and a closed peer makes each recv return 0 instead, at once and for ever
# What trio's WakeupSocketpair.drain() does where the other end was closed in a forked child.
import socket

wakeup, write = socket.socketpair()
wakeup.setblocking(False)
write.close()
print('ready', flush=True)
try:
    while True:
        wakeup.recv(2**16)
except BlockingIOError:
    pass
