"""The scan of the build context: it counts only when every file was read, and when they stayed the same meanwhile."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.contract.model import Contract
from packaging_readiness.plugin.platform import Platform

if TYPE_CHECKING:
    from packaging_readiness.secrets.model import ScanResult

_PLACE = "context scan"


def refuse_incomplete(result: "ScanResult", problems: Sequence[str], platform: Platform, contract: Contract) -> None:
    """Raises CannotTell when a file was not read, when a reviewed finding is in doubt (`problems`), or when the files
    of the context are not those that were listed.
    """
    listed = platform.context.files
    if unread := [*(f"{error.path}: {error.cause}" for error in result.errors), *problems]:
        raise CannotTell(_PLACE, "; ".join(unread[:10]), "mend or remove what cannot be read")
    if result.scanned_files != len(listed):
        raise CannotTell(_PLACE, f"{result.scanned_files} files scanned, {len(listed)} listed")
    if Platform(platform.root, contract).context.files != listed:
        raise CannotTell(_PLACE, "files came or went while it ran", "leave the checkout alone and run again")
