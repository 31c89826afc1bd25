"""Which collected tests are checks of this suite, and which of them this run selects."""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from packaging_readiness.contract.inventory import CheckRow
from packaging_readiness.contract.lanes import LANES
from packaging_readiness.plugin.check import ATTRIBUTE
from packaging_readiness.plugin.settings import Settings
from packaging_readiness.verdict.shards import shard_of

LANE_FOLDERS = {f"tests_{lane}": lane for lane in LANES}
_BOX_FILE = re.compile(r"test_dod(\d)_.*\.py")
ROW = pytest.StashKey[CheckRow]()


def in_suite(config: pytest.Config) -> bool:
    """Whether this run is about the suite's lanes: it names them, files in them, or the root that holds them."""
    root = config.rootpath
    if not holds_lanes(root):
        return False
    for argument in config.args:
        path = Path(config.invocation_params.dir, argument.split("::")[0]).resolve()
        if path == root or lane_of(path, root) is not None:
            return True
    return False


def holds_lanes(root: Path) -> bool:
    """Whether this is the root of the suite: the folder of every lane is there."""
    return all((root / folder).is_dir() for folder in LANE_FOLDERS)


def lane_of(path: Path, root: Path) -> str | None:
    """The lane whose folder holds `path`, if any."""
    if not path.is_relative_to(root):
        return None
    parts = path.relative_to(root).parts
    return LANE_FOLDERS.get(parts[0]) if parts else None


def box_of(path: Path) -> int | None:
    """The Definition-of-Done box whose checks a file holds, by its name `test_dod<box>_*.py`."""
    found = _BOX_FILE.match(path.name)
    return int(found[1]) if found else None


def attach_rows(items: Iterable[pytest.Item], settings: Settings) -> None:
    """Give each test of a lane its inventory row and its lane marker. Raises UsageError for a test that is no check."""
    for item in items:
        lane = lane_of(item.path, settings.suite_root)
        if lane is None:
            continue
        check_id = getattr(getattr(item, "function", None), ATTRIBUTE, None)
        check = settings.checks.get(check_id) if isinstance(check_id, str) else None
        if check is None:
            raise pytest.UsageError(f"{item.nodeid}: is in a lane's folder but is no check of the inventory")
        if check.lane != lane:
            raise pytest.UsageError(f"{item.nodeid}: check {check.id} belongs into tests_{check.lane}/")
        if box_of(item.path) not in (None, check.dod):
            raise pytest.UsageError(f"{item.nodeid}: check {check.id} belongs into test_dod{check.dod}_*.py")
        callspec = getattr(item, "callspec", None)
        member = callspec.params.get("row") if callspec is not None else None
        row = settings.rows[check.id if member is None else f"{check.id}[{member.id}]"]
        item.stash[ROW] = row
        item.add_marker(getattr(pytest.mark, lane))


def select(
    items: Sequence[pytest.Item], wants: Callable[[CheckRow], bool], has_pack: bool
) -> tuple[list[pytest.Item], list[pytest.Item], list[pytest.Item]]:
    """Split tests into those to run, those not selected, and those that only an evidence pack could decide."""
    chosen: list[pytest.Item] = []
    left: list[pytest.Item] = []
    waiting: list[pytest.Item] = []
    for item in items:
        row = item.stash.get(ROW, None)
        if row is None:
            chosen.append(item)
        elif not wants(row):
            left.append(item)
        elif (row.check.decided_by == "adjudicator") == has_pack:
            chosen.append(item)
        else:
            waiting.append(item)
    return chosen, left, waiting


def wanted(row: CheckRow, settings: Settings, blocker: str | None, checks: Sequence[str] | None) -> bool:
    """Whether `--blocker`, `--check` and `--shard` select the row."""
    if settings.shard is not None and shard_of(row, settings.contract, settings.shard.of) != settings.shard.index:
        return False
    if checks and row.id not in checks and row.check.id not in checks:
        return False
    if blocker is None:
        return True
    return row.blocker == blocker or row.check.lane in settings.contract.blocker(blocker).rollup


def refuse_unknown(settings: Settings, blocker: str | None, checks: Sequence[str] | None) -> None:
    """Raise UsageError for a blocker code or check id that does not exist: a typing error must not select nothing."""
    codes = [entry.id for entry in settings.contract.blockers]
    if blocker is not None and blocker not in codes:
        raise _unknown(f"--blocker {blocker}: no such code; the contract has {', '.join(codes)}")
    known = {row.id for row in settings.rows.values()} | set(settings.checks)
    for check in checks or ():
        if check not in known:
            base = check.partition("[")[0]
            how = f"explain {base}` lists its rows" if base in settings.checks else "checks` lists them"
            raise _unknown(f"--check {check}: no such check; `packaging-readiness {how}")


def _unknown(message: str) -> pytest.UsageError:
    from packaging_readiness.secrets.redaction import clean

    return pytest.UsageError(clean(message))
