# hangs: zombie-unreaped
# standing: undecided
# root: top
# history: https://github.com/flagos-ai/FlagGems/pull/5358
# cause: the workers of a test runner crashed before they said that they were done, and its main process asks its queue for that once a second, for ever
import multiprocessing, os, queue

def work(results, started):
    started.wait()
    # A crash in native code: nothing of Python runs any more.
    os.abort()

if __name__ == '__main__':
    context = multiprocessing.get_context('fork')
    results, started = context.Queue(), context.Event()
    workers = [context.Process(target=work, args=(results, started)) for _ in range(2)]
    for worker in workers:
        worker.start()
    started.set()
    for worker in workers:
        os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)
    print('ready', flush=True)
    exited = 0
    while exited < len(workers):
        try:
            results.get(timeout=1)
        except queue.Empty:
            continue
        exited += 1
