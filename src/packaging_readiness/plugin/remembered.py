"""An error that many checks meet, and that is found out once."""

from dataclasses import dataclass
from types import TracebackType

from packaging_readiness.contract.errors import ReadinessError


@dataclass(frozen=True, slots=True)
class Remembered:
    """The error, and where it arose."""

    error: ReadinessError
    origin: TracebackType | None

    @classmethod
    def of(cls, error: ReadinessError) -> "Remembered":
        """As it was just caught."""
        return cls(error, error.__traceback__)

    def again(self) -> ReadinessError:
        """The same error to raise once more, with its first traceback: that would grow with each check that asks."""
        return self.error.with_traceback(self.origin)
