# hangs: pool-lost-task
# standing: proven
# root: top place program.py
# history: https://github.com/python/cpython/issues/66587
# cause: a worker of a multiprocessing.Pool was killed, and its task with it; the pool starts another worker, and map waits for the lost result for ever
import multiprocessing, os, signal, sys

def work(number):
    if number == 0:
        # What the kernel does to the one that has most of the memory.
        os.kill(os.getpid(), signal.SIGKILL)
    return number

def tell(results):
    print('ready', flush=True)

if __name__ == '__main__':
    with multiprocessing.Pool(2) as pool:
        lost = pool.map_async(work, range(4), chunksize=1)
        # The pool is at work again: what comes after the lost task is done.
        pool.map_async(work, range(1, 9), chunksize=1, callback=tell)
        lost.get()
