"""Runs one test file as the suite's own pytest command would, and reports every test.

    run.py WAY RESULTS TOKEN FILE [pytest's arguments...]

WAY is `command` (as `pytest` would be started) or `module` (as `python -m pytest`). Each record is
one line of JSON appended to RESULTS in one write; its path is neither in the environment nor in
sys.argv when the tests run. FILE is absolute, as pytest itself named it when it was listed.
With --warm in place of RESULTS it forks a process for each of many files, see warm.py.

Python 3.8 or newer, pytest 6.2 or newer, the standard library and nothing else.
"""

import os
import sys

WAY = sys.argv[1] if len(sys.argv) > 1 else "command"

# What pytest itself would see: the directory of the `pytest` script in front of sys.path, or with
# `python -m pytest` the working directory; nothing under -P. A child of multiprocessing's spawn
# imports this file as `__mp_main__` with its parent's path: leave that as it is.
if __name__ != "__mp_main__" and not getattr(sys.flags, "safe_path", False):
    sys.path[0] = os.getcwd() if WAY == "module" else os.path.dirname(sys.executable)

import faulthandler
import json
import re

import pytest

PYTEST = tuple(int(part) for part in re.findall(r"\d+", pytest.__version__)[:2])

# Options that speak of the whole run. One process a file would make each of them wrong: workers
# inside a worker, a report that the next process overwrites, a threshold that no single file meets.
WHOLE_RUN = {
    "numprocesses": 0,  # pytest-xdist
    "dist": "no",
    "distload": False,
    "tx": [],
    "looponfail": False,
    "xmlpath": None,  # --junitxml
    "htmlpath": None,  # pytest-html
    "cov_report": {"": None},  # pytest-cov: no report; the data is kept, see Alone
    "cov_fail_under": 0,
}


def override(namespace, values):
    """Sets those options that a plugin of this pytest has registered."""
    for name, value in values.items():
        if hasattr(namespace, name):
            setattr(namespace, name, value)


class Settings:
    """Overrides options before any plugin acts on them, and again once they are final."""

    options = WHOLE_RUN

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_load_initial_conftests(self, early_config):
        self.before_plugins(early_config.known_args_namespace)
        override(early_config.known_args_namespace, self.options)
        yield

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_cmdline_main(self, config):
        self.before_session(config)
        override(config.option, self.options)
        yield

    def before_plugins(self, options):
        """Called once the first options are known, before plugins look at them."""

    def before_session(self, config):
        """Called once all options are known, before the session begins."""


class Alone(Settings):
    """Narrows the suite's own collection down to one file.

    The arguments stay those of the suite's own command, so that its root, its ini file, its
    conftest files and its rules for what is a test all hold; everything beside the file and the
    directories above it is ignored, unseen.
    """

    def __init__(self, file, token):
        self.file = file
        self.token = token
        # Why pytest did not meet the file, or None if it did or never came to look for it.
        self.unseen = None

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_collection(self):
        self.unseen = "pytest came upon no such file: " + self.file
        outcome = yield
        error = outcome.excinfo
        if error is not None and error[0] is pytest.UsageError:
            said = str(error[1])
            self.unseen = said if said.startswith("file or directory not found: ") else None
        elif error is not None:
            self.unseen = None

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_collect_file(self):
        outcome = yield
        paths = [str(getattr(node, "path", None) or node.fspath) for node in outcome.get_result()]
        if self.file in paths:
            self.unseen = None

    def pytest_collectreport(self, report):
        if report.failed:
            self.unseen = None  # what failed may be why it was not met

    def before_plugins(self, options):
        if getattr(options, "cov_source", None):
            # Of its own, or processes erase each other's data; named so that `coverage combine`
            # finds it (https://coverage.readthedocs.io/en/latest/cmd.html#combining-data-files).
            os.environ["COVERAGE_FILE"] = os.path.abspath(".coverage." + self.token)

    def before_session(self, config):
        if config.option.basetemp:
            # pytest empties this directory when it starts: one each, as pytest-xdist does it.
            os.makedirs(config.option.basetemp, exist_ok=True)
            config.option.basetemp = os.path.join(config.option.basetemp, self.token)
        start = str(config.invocation_params.dir)
        args = [arg for arg in config.args if self.leads_to(os.path.join(start, path_of(arg)))]
        # None leads there under --pyargs, where arguments are names of packages.
        config.args = args or [self.file]

    def leads_to(self, path):
        """Whether the path is the file or a directory above it."""
        path = os.path.abspath(path)
        return path == self.file or self.file.startswith(os.path.join(path, ""))

    def ignores(self, path):
        return None if self.leads_to(collected_by(path)) else True

    if PYTEST >= (7, 0):

        @pytest.hookimpl(tryfirst=True)
        def pytest_ignore_collect(self, collection_path):
            return self.ignores(collection_path)

    else:

        @pytest.hookimpl(tryfirst=True)
        def pytest_ignore_collect(self, path):
            return self.ignores(path)


class LeftOut:
    """Tells where pytest did come upon the file, but the suite's own rules leave it out.

    Its conftest files may ignore the file or a directory above it, and its ini file may say that
    files of that name are no tests: then it is not the file that is missing.
    """

    def __init__(self, alone):
        self.alone = alone

    def note(self, path, outcome):
        path = collected_by(path)
        if path == self.alone.file or (self.alone.leads_to(path) and outcome.get_result()):
            self.alone.unseen = None

    if PYTEST >= (7, 0):

        @pytest.hookimpl(hookwrapper=True, tryfirst=True)
        def pytest_ignore_collect(self, collection_path):
            outcome = yield
            self.note(collection_path, outcome)

    else:

        @pytest.hookimpl(hookwrapper=True, tryfirst=True)
        def pytest_ignore_collect(self, path):
            outcome = yield
            self.note(path, outcome)


def collected_by(path):
    """The path of the file or directory that pytest is about to collect there."""
    path = str(path)
    if PYTEST < (8, 0) and os.path.basename(path) == "__init__.py":
        # There the package is collected by its __init__.py.
        return os.path.dirname(path)
    return path


def path_of(arg):
    """The path in an argument such as `tests/test_a.py::TestB::test_c[d::e]`."""
    return str(arg).partition("[")[0].split("::")[0]


class Channel:
    """Appends records to the results file; silent in a forked child that outlives its test."""

    LIMIT = 65_536

    def __init__(self, path, token):
        self._path = path
        self._token = token
        self._pid = os.getpid()
        # Kept, as tests may replace them in `os`.
        self._os = (os.open, os.write, os.fstat, os.getpid)
        self._open()

    def _open(self):
        open_file, _, fstat, _ = self._os
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._fd = open_file(self._path, flags, 0o600)
        status = fstat(self._fd)
        self._identity = (status.st_dev, status.st_ino)

    def write(self, kind, **fields):
        _, write, fstat, getpid = self._os
        if getpid() != self._pid:
            return
        line = json.dumps({"a": self._token, "type": kind, **fields}) + "\n"
        try:
            status = fstat(self._fd)
            ours = (status.st_dev, status.st_ino) == self._identity
        except OSError:
            ours = False
        if not ours:
            # A test closed descriptors that were not its own; ours may be another file by now.
            self._open()
        data = line.encode("ascii")
        if write(self._fd, data) != len(data):
            raise OSError("a record was cut short: " + self._path)

    def message(self, text):
        """The text, its middle left out where it is longer than what is kept."""
        if len(text) <= self.LIMIT:
            return text
        head, tail = self.LIMIT // 4, self.LIMIT // 2
        left_out = len(text) - head - tail
        return f"{text[:head]}\n[... {left_out} characters left out ...]\n{text[-tail:]}"


class Reporter:
    """Reports each test once, as it finally came out, when its teardown is done."""

    def __init__(self, channel):
        self._channel = channel
        self._item = None
        self._phases = {}
        self._failed_tries = []
        self._collect_failed = False

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item):
        self._item = item
        self._phases = {}
        self._failed_tries = []
        yield  # whatever is raised there waits until this hook is done
        self._item = None
        self._finish(item)

    def pytest_runtest_logreport(self, report):
        if getattr(report, "context", None) is not None:
            self._subtest(report)
        elif report.outcome == "rerun":
            # pytest-rerunfailures: what failed and is run again
            self._failed_tries.append(self._channel.message(report.longreprtext))
        else:
            # The last one of its phase, as plugins run a test again. The report itself, as pytest 9
            # turns it into a failure later if a subtest failed.
            self._phases[report.when] = report

    def _finish(self, item):
        phases = self._phases
        if "teardown" not in phases and not any(phase.failed for phase in phases.values()):
            return  # cut off in the middle: nobody knows how it would have ended
        outcome, message = result_of(phases)
        reports = list(phases.values())
        self._test(item, names_of(item), outcome, message, reports, self._failed_tries)

    def _subtest(self, report):
        if self._item is None:
            return
        outcome, message = result_of({"call": report})
        names = [*names_of(self._item), subtest_name(report)]
        self._test(self._item, names, outcome, message, [report])

    def _test(self, item, names, outcome, message, reports, failed_tries=()):
        file, line, _ = item.location
        self._channel.write(
            "test",
            name=names,
            outcome=outcome,
            durationMs=round(sum(report.duration for report in reports) * 1000, 3),
            message=None if message is None else self._channel.message(message),
            file=os.path.join(str(item.config.rootpath), file),
            line=None if line is None else line + 1,
            failedTries=failed_tries,
        )

    def pytest_collectreport(self, report):
        if report.failed:
            self._collect_failed = True
            self._error(f"{report.nodeid or 'collection'}: {report.longreprtext}")
        elif report.skipped:
            # A whole module or class, by importorskip or a skip while it was imported.
            path, _, inner = report.nodeid.partition("::")
            self._channel.write(
                "test",
                name=inner.split("::") if inner else [os.path.basename(path)],
                outcome="skipped",
                durationMs=0,
                message=skip_reason(report),
            )

    def pytest_internalerror(self, excrepr):
        self._error(f"pytest failed itself (INTERNALERROR):\n{excrepr}")

    def pytest_keyboard_interrupt(self, excinfo):
        # After a file that could not be collected pytest stops by this way too; that is known.
        if not (self._collect_failed and excinfo.type is pytest.Session.Interrupted):
            self._error(f"the run was cut short: {excinfo.exconly()}")

    def _error(self, message):
        self._channel.write("error", message=self._channel.message(message))


def result_of(phases):
    """The outcome of a test and its message, from its reports by phase."""
    failed = {when: report for when, report in phases.items() if report.failed}
    if failed:
        message = "\n\n".join(
            report.longreprtext if when == "call" else f"{when} failed:\n{report.longreprtext}"
            for when, report in failed.items()
        )
        return ("failed" if "call" in failed else "errored"), message
    for report in phases.values():
        if report.skipped:
            return "skipped", skip_reason(report)
    return "passed", None


def skip_reason(report):
    if hasattr(report, "wasxfail"):
        reason = report.wasxfail
        if reason.startswith("reason: "):
            reason = reason[len("reason: ") :]
        return f"xfail: {reason}" if reason else "xfail"
    if isinstance(report.longrepr, tuple):
        reason = report.longrepr[2]
        if reason.startswith("Skipped: "):
            reason = reason[len("Skipped: ") :]
        return reason
    return report.longreprtext


def names_of(item):
    """The names from the file down to the test, outermost first."""
    chain = item.listchain()
    files = [index for index, node in enumerate(chain) if isinstance(node, pytest.File)]
    inner = chain[files[-1] + 1 :] if files else chain[-1:]
    # pytest 6 has a node `()` for a class's instance.
    names = [node.name for node in inner if node.name != "()"]
    if hasattr(item, "callspec") and not item.config.getini(UNESCAPED):
        names[-1] = unescape(names[-1])
    return names


UNESCAPED = "disable_test_id_escaping_and_forfeit_all_rights_to_community_support"

ESCAPED = re.compile(r"\\(?:\\|x[89a-f][0-9a-f]|u[0-9a-f]{4}|U[0-9a-f]{8})")


def unescape(name):
    """Undoes what pytest does to parameters beyond ASCII; control characters stay escaped."""

    def character(match):
        text = match.group()
        if text == "\\\\":
            return text
        code = int(text[2:], 16)
        printable = 0xA0 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
        return chr(code) if printable else text

    return ESCAPED.sub(character, name)


def subtest_name(report):
    """As pytest 9 and pytest-subtests write it: `[message] (key=value)`."""
    for method in ("_sub_test_description", "sub_test_description"):
        if hasattr(report, method):
            return getattr(report, method)()
    return "(<subtest>)"


# A real-time signal that nobody else uses, and the name by which what it writes into is found: see
# src/hang/probes/python/armed-faulthandler.ts.
STACKS_SIGNAL = 57
STACKS_NAME = "pindown-stacks"


def arm():
    """Lets this process tell where each of its threads is, should it hang; costs nothing until then.

    Into memory that only its descriptor leads to: no file, and neither stdout nor stderr. What it
    starts has the signal's default again and not the descriptor; a fork has both.
    """
    if not hasattr(os, "memfd_create") or not hasattr(faulthandler, "register"):
        return
    try:
        faulthandler.register(STACKS_SIGNAL, file=os.memfd_create(STACKS_NAME), all_threads=True)
    except (OSError, RuntimeError, ValueError):
        return  # without it the process is as good


def main(spare):
    arm()
    results, token, file, *args = sys.argv[2:]
    if WAY == "module":
        sys.argv[:] = [os.path.join(os.path.dirname(pytest.__file__), "__main__.py"), *args]
    else:
        sys.argv[:] = [os.path.join(os.path.dirname(sys.executable), "pytest"), *args]
    channel = Channel(results, token)
    channel.write("begin")
    alone = Alone(file, token)
    status = pytest.main(args, plugins=[alone, LeftOut(alone), Reporter(channel), spare])
    if alone.unseen is not None:
        channel.write("unseen", message=alone.unseen)
    channel.write("end")
    return status


def fork_for_each(root, *plugins):
    """Comes back in a fork for each unit, with the arguments of it: see warm.py."""
    return beside("warm")["serve"](root, plugins)


def beside(name):
    """The names of a file beside this one, whose directory is not on sys.path."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".py")
    with open(path, "rb") as stream:
        code = compile(stream.read(), path, "exec")
    names = {"__name__": "pindown_" + name, "__file__": path}
    exec(code, names)
    return names


if __name__ == "__main__":
    # Before the forks, so that none of them reads it again.
    spare = beside("spare_hypothesis")["SpareHypothesis"]()
    if sys.argv[2] == "--warm":
        sys.argv[1:] = fork_for_each(*sys.argv[3:])
    sys.exit(main(spare))
