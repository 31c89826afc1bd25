"""The one family of errors that a user may see: each says where, what and how to mend it."""


class ReadinessError(Exception):
    """Something the suite could not do or refused to do. Never a verdict on the platform.

    `place` is a relative path, `path:line`, command or object name; `cause` says what is wrong there;
    `cure` says what to do about it. None of the three may hold a secret or an absolute path of the machine.
    """

    def __init__(self, place: str, cause: str, cure: str = "") -> None:
        super().__init__(place, cause, cure)
        self.place = place
        self.cause = cause
        self.cure = cure

    def __str__(self) -> str:
        text = f"{self.place}: {self.cause}" if self.place else self.cause
        return f"{text}\n  fix: {self.cure}" if self.cure else text


class InputRefused(ReadinessError):
    """Foreign input (contract, Dockerfile, document, report) that is malformed or ambiguous."""


class CannotTell(ReadinessError):
    """The suite could not find out: no engine, no network, an unreadable file. A check that meets it is an *error*."""
