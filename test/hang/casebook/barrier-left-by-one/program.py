# hangs: thread-join-at-exit
# standing: proven
# root: top place program.py
# history: https://github.com/AI-Shipping-Labs/website/issues/270
# cause: one of the threads of a test failed before it came to the barrier, the others wait there for ever, and the interpreter joins them when it exits
import threading

barrier = threading.Barrier(4)

def write(number):
    if number == 0:
        return  # It was told that the database is locked.
    barrier.wait()

writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
for writer in writers:
    writer.start()
for writer in writers:
    writer.join(timeout=0.05)
print('ready', flush=True)
