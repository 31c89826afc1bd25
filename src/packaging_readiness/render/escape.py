"""Foreign text made harmless where it is shown: Markdown, HTML, and the workflow commands of GitHub Actions.

What a check found comes from the platform under test. It may hold a link, a table cell, a tag, or a line that a CI
runner would obey.
"""

import re

_TICKS = re.compile(r"`+")
# Everything that begins something in Markdown (GitHub's tables, mentions, issues, formulas included), and the two
# characters of workflow commands (`::`, `##[`).
_MARKDOWN = "&\"'\\`*_{}[]()<>#+!|~:@$^"
_ENTITIES = {ord(character): f"&#{ord(character)};" for character in _MARKDOWN}
_WWW = re.compile(r"www\.", re.IGNORECASE)


def visible(text: str, limit: int = 300) -> str:
    """`text` as one bounded line: what cannot be seen (line ends, controls, changes of direction) is spelled out."""
    shown = "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)
    return shown if len(shown) <= limit else shown[: limit - 2] + " …"


def code(text: str, limit: int = 300) -> str:
    """`text` as inline code in Markdown. An HTML element with entities, because a code span cannot be escaped."""
    return f"<code>{inline(text, limit)}</code>"


def inline(text: str, limit: int = 300) -> str:
    """`text` as plain words in Markdown: nothing in it is a link, a mention, a tag or a cell."""
    quoted = visible(text, limit).translate(_ENTITIES)
    return _WWW.sub(lambda found: found[0][:-1] + "&#46;", quoted)


def span(text: str, limit: int = 600) -> str:
    """`text` as a code span, which stays readable in the source: nothing inside is markup, because the fence is longer
    than any run of backticks in it. What a runner could take for a command in a log is given to `code`.
    """
    shown = visible(text, limit)
    if "##[" in shown or not shown.strip():
        return code(text, limit)
    fence = "`" * (max(map(len, _TICKS.findall(shown)), default=0) + 1)
    pad = " " if "`" in shown or shown != shown.strip() else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def command_data(text: str) -> str:
    """`text` as the message of a workflow command. Source: GitHub's actions toolkit, `command.ts`."""
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """`text` as the value of a property of a workflow command, such as `file` or `title`."""
    return command_data(text).replace(":", "%3A").replace(",", "%2C")
