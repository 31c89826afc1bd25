"""Numbers of things in sentences."""


def counted(number: int, one: str) -> str:
    """`1 check`, `2 checks`: a number with the word for that many; `one` is the word for one, whose plural has an s."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"
