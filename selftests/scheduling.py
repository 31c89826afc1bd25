"""How the tests of the suite are dealt out over workers: a file at a time, because files share images and platforms.

Only the files whose tests are long and independent are dealt out test by test. pytest-xdist's own marks for this have
no effect from pytest 9.2 on.
"""

from xdist.scheduler import LoadScopeScheduling

ONE_BY_ONE = frozenset({"selftests/test_main_job_breaks.py"})


class FileScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Load scheduling in which a file is one unit of work, or each of its tests is."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return nodeid if path in ONE_BY_ONE else path
