"""Lists the files that the suite's own pytest command would run, and imports none of them.

    list.py WAY OUT [pytest's arguments...]

pytest walks and filters as ever (its ini file, conftest files, plugins); each file for which some
plugin makes a collector is noted when that is asked for its tests, and turns out to have none.
Writes JSON to OUT:

    {"files": [absolute path...], "collected": whether pytest came to the end of them,
     "errors": [message...], "status": pytest's exit status, "coverage": whether pytest-cov would
     measure, "plugins": [names of installed ones that it loads], "python": path,
     "version": pytest's}

Exit status 86 where this Python has no pytest.
"""

import functools
import importlib.metadata
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
        self.plugins = []

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_load_initial_conftests(self, early_config):
        # Of the suite itself nothing is loaded yet but what it names with -p.
        self.plugins = installed_plugins(early_config.pluginmanager)
        yield from super().pytest_load_initial_conftests(early_config)

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


def installed_plugins(manager):
    """The names of those that their distributions make known and that are loaded, in that order."""
    known = {
        entry.name: entry.value.partition(":")[0].strip()
        for distribution in importlib.metadata.distributions()
        for entry in distribution.entry_points
        if entry.group == "pytest11"
    }
    installed = [plugin for plugin, _ in manager.list_plugin_distinfo()]
    return [
        name
        for name, plugin in manager.list_name_plugin()
        if plugin in installed and known.get(name) == getattr(plugin, "__name__", None)
    ]


def main():
    out, *args = sys.argv[2:]
    sys.argv[:] = [os.path.join(os.path.dirname(sys.executable), "pytest"), *args]
    listing = Listing()
    spare = run["beside"]("spare_hypothesis")["SpareHypothesis"]()
    status = pytest.main(["--collect-only", *args], plugins=[listing, spare])
    found = {
        "files": list(listing.files),
        "collected": listing.collected,
        "errors": listing.errors,
        "status": int(status),
        "coverage": listing.coverage,
        "plugins": listing.plugins,
        "python": sys.executable,
        "version": pytest.__version__,
    }
    with open(out, "w", encoding="ascii") as stream:
        json.dump(found, stream)


if __name__ == "__main__":
    main()
