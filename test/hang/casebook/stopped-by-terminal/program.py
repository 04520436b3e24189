# hangs: stopped-by-terminal-io
# standing: proven
# root: child
# history: https://github.com/arighi/virtme-ng/pull/453
# cause: tcsetattr from a background group of the terminal raises SIGTTOU, whose default is to stop the caller; whoever waits for it waits for ever
import os, pty, termios

def in_background():
    os.setpgid(0, 0)
    os.write(1, b'ready\n')
    termios.tcsetattr(0, termios.TCSADRAIN, termios.tcgetattr(0))

shell, terminal = pty.fork()
if shell == 0:
    child = os.fork()
    if child == 0:
        in_background()
        os._exit(0)
    os.waitpid(child, 0)
    os._exit(0)
os.write(1, os.read(terminal, 64).replace(b'\r', b''))
os.waitpid(shell, 0)
