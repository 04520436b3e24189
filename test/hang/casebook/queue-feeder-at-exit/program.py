# hangs: pipe-back-pressure
# standing: proven
# root: top
# history: https://github.com/pytest-dev/pytest/issues/13137
# cause: a multiprocessing.Queue with more in it than its pipe holds, and no reader: its feeder blocks in the write, and the interpreter joins the feeder when it exits
import logging, logging.handlers, multiprocessing

queue = multiprocessing.Queue()
logging.getLogger().addHandler(logging.handlers.QueueHandler(queue))
for _ in range(1000):
    logging.error('a record that nobody takes')
print('ready', flush=True)
