"""What values of a contract must be; the decoder adds the place."""

from datetime import date


def demand(condition: bool, message: str) -> None:
    """Raise ValueError with `message` unless the condition holds."""
    if not condition:
        raise ValueError(message)


def demand_relative(path: str) -> None:
    """Raise ValueError unless `path` is relative and stays below the platform's root."""
    ok = path != "" and not path.startswith("/") and ".." not in path.split("/") and "\x00" not in path
    demand(ok, f"{path!r} is not a path relative to the platform's root")


def demand_day(name: str, text: str) -> None:
    """Raise ValueError unless `text` is a day of the calendar, in the one form in which days are compared as texts."""
    try:
        one = date.fromisoformat(text).isoformat() == text
    except ValueError:
        one = False
    demand(one, f"{name} is a day like 2026-03-31")
