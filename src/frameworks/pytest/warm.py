"""Forks a process for every unit out of one that has imported pytest.

Read by run.py, started as

    run.py WAY --warm ROOT [names of plugins...]

with a socket to Pindown as descriptor 3. Each message is one line of JSON, see
src/process/warm-messages.ts. A fork makes of itself what Pindown would have started, and waits: it
runs nothing of the suite before it is told to, and nothing at all where this process dies first.
"""

import gc
import importlib
import json
import os
import select
import signal
import sys
import threading

CHANNEL = 3
PLUGIN_GROUP = "pytest11"
LINEAGE = b"PINDOWN_LINEAGE="

# What they hold is not made anew by a fork: every unit would draw the same random numbers.
NOT_FORKED = ("numpy.random", "torch")


class Unfit(Exception):
    """Why units are better started one by one."""


class OwnLineage:
    """The lineage that /proc shows of this process, where its environment lay when it was started.

    The kernel shows that place of a fork, too, and of all that is forked from it without exec(2);
    by what stands there an attempt's processes are told from another's.
    """

    def __init__(self):
        with open("/proc/self/stat", "rb") as stream:
            fields = stream.read().rpartition(b")")[2].split()
        # Counted as in proc_pid_stat(5), where the state after the name is the third.
        start, end = int(fields[50 - 3]), int(fields[51 - 3])
        memory = os.open("/proc/self/mem", os.O_RDONLY)
        try:
            entries = os.pread(memory, end - start, start)
        finally:
            os.close(memory)
        at = (b"\0" + entries).find(b"\0" + LINEAGE)
        if at < 0:
            raise Unfit("its environment says nothing of its lineage")
        self.at = start + at + len(LINEAGE)
        self.value = entries[at + len(LINEAGE) :].split(b"\0", 1)[0]
        self.write(self.value)

    def write(self, value):
        """Only one of the same length fits."""
        if len(value) != len(self.value):
            raise ValueError(f"a lineage of {len(value)} bytes for one of {len(self.value)}")
        memory = os.open("/proc/self/mem", os.O_WRONLY)
        try:
            os.pwrite(memory, value, self.at)
        finally:
            os.close(memory)


def import_default_plugins():
    """Those of pytest itself, which it imports before it looks at any argument."""
    from _pytest.config import default_plugins

    for name in default_plugins:
        importlib.import_module("_pytest." + name)


def import_plugins(names):
    """Imports installed plugins as pytest does, their assertions rewritten, and registers none."""
    import importlib.metadata
    from _pytest.assertion import install_importhook
    from _pytest.config import _iter_rewritable_modules, get_config

    found = {}
    files = []
    for distribution in importlib.metadata.distributions():
        entries = [entry for entry in distribution.entry_points if entry.group == PLUGIN_GROUP]
        for entry in entries:
            found.setdefault(entry.name, entry.value.partition(":")[0].strip())
        if entries:
            files.extend(str(file) for file in distribution.files or ())
    config = get_config()
    # No ini file was looked for; from pytest 9 on its settings stand under another name.
    vars(config).update(inicfg={}, _inicfg={})
    hook = install_importhook(config)
    try:
        for name in _iter_rewritable_modules(files):
            hook.mark_rewrite(name)
        for name in names:
            importlib.import_module(found[name])
    finally:
        sys.meta_path.remove(hook)
        config._ensure_unconfigure()


def check_fit(root):
    """A fork has one thread, and shares what its parent has opened."""
    if threading.active_count() > 1 or len(os.listdir("/proc/self/task")) > 1:
        raise Unfit("what it imported has started a thread")
    if sys.gettrace() is not None or sys.getprofile() is not None:
        raise Unfit("it is traced or measured from its start on")
    opened = [descriptor for descriptor in descriptors() if not os.get_inheritable(descriptor)]
    if opened:
        raise Unfit(f"what it imported has opened {os.readlink(f'/proc/self/fd/{opened[0]}')}")
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
        if os.fstat(stream.fileno()).st_size > 0:
            raise Unfit("it writes while it starts, and each unit's own output would lack that")
    tempfile = sys.modules.get("tempfile")
    if tempfile is not None and tempfile.tempdir is not None:
        raise Unfit("what it imported has looked for the directory of temporary files already")
    for name in NOT_FORKED:
        if name in sys.modules:
            raise Unfit(f"what it imported has loaded {name}")
    own = own_module(root)
    if own is not None:
        raise Unfit(f"what it imported is a module of the project: {own}")


def descriptors():
    """Those that are open, beside the first three and the channel."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        if int(name) > CHANNEL and os.path.exists(f"/proc/self/fd/{name}"):
            found.append(int(name))
    return found


def own_module(root):
    """The first module that lies in the project, and not in an environment inside of it."""
    import site

    paths = [os.path.dirname(os.__file__), os.path.dirname(__file__), *site.getsitepackages()]
    if site.USER_SITE:
        paths.append(site.USER_SITE)
    installed = tuple(os.path.join(os.path.realpath(path), "") for path in paths)
    inside = os.path.join(os.path.realpath(root), "")
    directories = {}
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str):
            directories.setdefault(os.path.dirname(file), file)
    for directory, file in directories.items():
        real = os.path.join(os.path.realpath(directory), "")
        if real.startswith(inside) and not real.startswith(installed):
            return file
    return None


def warm_up(root, plugins):
    """Imports what every unit's pytest would have imported before the suite's first own line."""
    lineage = OwnLineage()
    import_default_plugins()
    if plugins:
        try:
            import_plugins(plugins)
            check_fit(root)
        except Exception as error:  # whatever they do: pytest alone is warm enough
            say_without(plugins, error)
    check_fit(root)
    return lineage


def say_without(plugins, error):
    """Begins anew without the plugins: what they have done by now can't be undone."""
    send({"without": plugins, "because": f"{type(error).__name__}: {error}"})
    os.set_inheritable(CHANNEL, True)
    for stream in (1, 2):
        os.ftruncate(stream, 0)
        os.lseek(stream, 0, os.SEEK_SET)
    at = sys.argv.index("--warm")
    os.execv(sys.executable, [sys.executable, *sys.argv[: at + 2]])


def send(message):
    data = (json.dumps(message) + "\n").encode("ascii")
    while data:
        data = data[os.write(CHANNEL, data) :]


class Fork:
    """A process that is not yet told to go."""

    def __init__(self, number, pid, said, go):
        self.number = number
        self.pid = pid
        self.said = said
        self.go = go


class Parent:
    def __init__(self, lineage):
        self.lineage = lineage
        self.starting = {}  # by the descriptor that says how it went
        self.waiting = {}  # by pid, told to go by their descriptor
        self.living = set()
        self.rest = b""
        self.poll = select.poll()
        self.woken, self.wake = os.pipe()
        for descriptor in (self.woken, self.wake):
            os.set_blocking(descriptor, False)
        self.poll.register(CHANNEL, select.POLLIN)
        self.poll.register(self.woken, select.POLLIN)

    def serve(self):
        """Comes back in the forks alone, with the arguments of each."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.wake, warn_on_full_buffer=False)
        send({"ready": os.getpid()})
        while True:
            for descriptor, _ in self.poll.poll():
                if descriptor == CHANNEL:
                    for message in self.messages():
                        arguments = self.handle(message)
                        if arguments is not None:
                            return arguments
                elif descriptor == self.woken:
                    os.read(self.woken, 4096)
                    self.reap()
                elif descriptor in self.starting:
                    self.started(self.starting.pop(descriptor))

    def messages(self):
        data = os.read(CHANNEL, 1 << 20)
        if not data:
            os._exit(0)  # Pindown is gone, or has no more units; what is forked goes on
        *lines, self.rest = (self.rest + data).split(b"\n")
        return [json.loads(line) for line in lines]

    def handle(self, message):
        if "go" in message:
            go = self.waiting.pop(message["go"], None)
            if go is not None:
                os.write(go, b"g")
                os.close(go)
            return None
        return self.fork(message)

    def fork(self, request):
        said, say = os.pipe()
        wait, go = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                for descriptor in (said, go):
                    os.close(descriptor)
                self.leave()
                become(request, self.lineage)
                os.write(say, b"1")
            except BaseException as error:
                os.write(say, f"{type(error).__name__}: {error}".encode("utf-8", "replace"))
                os._exit(127)
            os.close(say)
            if os.read(wait, 1) != b"g":
                os._exit(127)
            os.close(wait)
            return [os.fsdecode(argument.encode()) for argument in request["args"]]
        os.close(say)
        os.close(wait)
        self.living.add(pid)
        self.starting[said] = Fork(request["fork"], pid, said, go)
        self.poll.register(said, select.POLLIN)
        return None

    def leave(self):
        """Gives up, in a fork, all that is the parent's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for descriptor in (CHANNEL, self.woken, self.wake):
            os.close(descriptor)
        for fork in self.starting.values():
            os.close(fork.said)
            os.close(fork.go)
        for go in self.waiting.values():
            os.close(go)

    def started(self, fork):
        self.poll.unregister(fork.said)
        word = os.read(fork.said, 4096)
        os.close(fork.said)
        if word == b"1":
            self.waiting[fork.pid] = fork.go
            send({"forked": fork.number, "pid": fork.pid})
            return
        os.close(fork.go)
        because = word.decode("utf-8", "replace") or "it ended before it was ready"
        send({"refused": fork.number, "because": because})

    def reap(self):
        # Each by its pid: nobody else's are ours to wait for.
        for pid in list(self.living):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self.living.discard(pid)
                go = self.waiting.pop(pid, None)
                if go is not None:
                    os.close(go)
                send({"ended": pid, "status": status})


def become(request, lineage):
    """Makes of a fork what Pindown would have started."""
    os.setsid()
    hold(request["entry"])
    environment = {key.encode(): value.encode() for key, value in request["env"].items()}
    lineage.write(environment[LINEAGE[:-1]])
    os.chdir(request["cwd"])
    os.environb.clear()
    os.environb.update(environment)
    for descriptor, name in ((1, "stdout"), (2, "stderr")):
        opened = os.open(request[name], os.O_WRONLY | os.O_APPEND | os.O_NOCTTY)
        os.dup2(opened, descriptor, inheritable=True)
        os.close(opened)
    importlib.invalidate_caches()


def hold(entry):
    """Enters what holds the attempt: see Entry in src/process/tier/tier.ts."""
    if entry["kind"] == "control-group":
        group = os.open(entry["procs"], os.O_WRONLY)
        os.write(group, b"0")
        os.close(group)
    if entry.get("brand") is not None:
        loaded = "resource" in sys.modules
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_RTTIME)
        resource.setrlimit(resource.RLIMIT_RTTIME, (entry["brand"], hard))
        if not loaded:
            del sys.modules["resource"]


def leave_others():
    """Closes what Pindown itself was started with: a unit that is started anew has none of it."""
    for descriptor in descriptors():
        if os.get_inheritable(descriptor):
            os.close(descriptor)


def serve(root, plugins):
    """Forks until Pindown hangs up; comes back in the forks alone, with the arguments of each."""
    os.set_inheritable(CHANNEL, False)
    leave_others()
    try:
        lineage = warm_up(root, plugins)
    except Exception as error:
        send({"unfit": str(error) if isinstance(error, Unfit) else repr(error)})
        os._exit(0)
    # What a fork's collector never looks at stays shared: without it, half of a small unit's time
    # went into copies of it, most of them at its very end
    # (https://docs.python.org/3/library/gc.html#gc.freeze).
    gc.collect()
    gc.freeze()
    arguments = Parent(lineage).serve()
    if hasattr(sys, "orig_argv"):
        at = sys.orig_argv.index("--warm") - 1
        sys.orig_argv[at:] = arguments
    return arguments
