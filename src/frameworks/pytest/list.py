"""Lists the files that the suite's own pytest command would run, and imports none of them.

    list.py WAY OUT [pytest's arguments...]

pytest walks and filters as ever (its ini file, conftest files, plugins); each file for which some
plugin makes a collector is noted when that is asked for its tests, and turns out to have none.
Writes JSON to OUT:

    {"files": [absolute path...], "collected": whether pytest came to the end of them,
     "errors": [message...], "status": pytest's exit status, "coverage": whether pytest-cov would
     measure, "python": path, "version": pytest's}

Exit status 86 where this Python has no pytest.
"""

import functools
import importlib.util
import json
import os
import runpy
import sys

if importlib.util.find_spec("pytest") is None:
    sys.exit(86)

HERE = os.path.dirname(os.path.abspath(__file__))

run = runpy.run_path(os.path.join(HERE, "run.py"), run_name="pindown_list")
pytest = run["pytest"]


class Listing(run["Settings"]):
    """Notes files instead of collecting what is in them."""

    # Nothing is run, so nothing is measured: starting pytest-cov would erase the user's data.
    options = {**run["WHOLE_RUN"], "cov_source": []}

    def __init__(self):
        self.files = {}
        self.collected = False
        self.errors = []
        self.coverage = False

    def before_plugins(self, options):
        self.coverage = bool(getattr(options, "cov_source", None))

    def before_session(self, config):
        # `test_a.py::test_b` stands for its file, which has to be collected to know what is in it.
        config.args = [run["path_of"](arg) for arg in config.args]

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_collect_file(self):
        outcome = yield
        for node in outcome.get_result():
            if not isinstance(node, pytest.Package):  # whose files come one by one, before pytest 8
                path = str(getattr(node, "path", None) or node.fspath)
                node.collect = functools.partial(self.note, path)

    def note(self, path):
        # Noted only now that pytest asks for its tests: of the collectors beside a file that was
        # named in the arguments it drops all but that one's.
        self.files[path] = True
        return []

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self):
        self.collected = True

    def pytest_collectreport(self, report):
        if report.failed:
            self.errors.append(f"{report.nodeid or 'collection'}: {report.longreprtext}")

    def pytest_internalerror(self, excrepr):
        self.errors.append(f"INTERNALERROR: {excrepr}")


def main():
    out, *args = sys.argv[2:]
    sys.argv[:] = [os.path.join(os.path.dirname(sys.executable), "pytest"), *args]
    listing = Listing()
    status = pytest.main(["--collect-only", *args], plugins=[listing])
    found = {
        "files": list(listing.files),
        "collected": listing.collected,
        "errors": listing.errors,
        "status": int(status),
        "coverage": listing.coverage,
        "python": sys.executable,
        "version": pytest.__version__,
    }
    with open(out, "w", encoding="ascii") as stream:
        json.dump(found, stream)


if __name__ == "__main__":
    main()
