"""What values of a contract must be; the decoder adds the place."""


def demand(condition: bool, message: str) -> None:
    """Raise ValueError with `message` unless the condition holds."""
    if not condition:
        raise ValueError(message)


def demand_relative(path: str) -> None:
    """Raise ValueError unless `path` is relative and stays below the platform's root."""
    ok = path != "" and not path.startswith("/") and ".." not in path.split("/") and "\x00" not in path
    demand(ok, f"{path!r} is not a path relative to the platform's root")
