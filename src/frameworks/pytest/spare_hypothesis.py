"""Spares a session that never used Hypothesis the import of it at the very end.

Hypothesis' pytest plugin imports all of Hypothesis to ask whether it has written observations
(pytest_terminal_summary of _hypothesis_pytestplugin.py, from 6.88 on). One session a suite pays for
that once, one session a file each time: 0.15 s, a third of a small file's whole time. Where nothing
has imported Hypothesis by then, nothing has been written.

Read by run.py, as its own directory is not on sys.path.
"""

import importlib
import sys
import types

import pytest

PLUGIN = "_hypothesis_pytestplugin"
ASKED = "hypothesis.internal.observability"
WRITTEN = "_WROTE_TO"


class Unused(types.ModuleType):
    """Knows that nothing was written, and becomes the true module as soon as it is asked for more."""

    def __init__(self):
        super().__init__(ASKED)
        self.__dict__[WRITTEN] = frozenset()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        self.leave()
        return getattr(importlib.import_module(ASKED), name)

    def leave(self):
        if sys.modules.get(ASKED) is self:
            del sys.modules[ASKED]


class SpareHypothesis:
    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session):
        plugin = sys.modules.get(PLUGIN)
        for hook in session.config.hook.pytest_terminal_summary.get_hookimpls():
            # Around its own function alone: nobody else ever meets the stand-in.
            if hook.plugin is plugin:
                hook.function = sparing(hook.function)


def sparing(summary):
    def spared(*arguments):
        if "hypothesis" in sys.modules or ASKED in sys.modules:
            return summary(*arguments)
        unused = Unused()
        sys.modules[ASKED] = unused
        try:
            return summary(*arguments)
        finally:
            unused.leave()

    return spared
