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
    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_terminal_summary(self):
        if PLUGIN not in sys.modules or "hypothesis" in sys.modules:
            yield
            return
        unused = Unused()
        sys.modules[ASKED] = unused
        yield  # whatever is raised there waits until this hook is done
        unused.leave()
