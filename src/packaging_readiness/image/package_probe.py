# ruff: noqa: PTH110, PTH112, PTH118, PTH123, PTH208, T201
# os.path as in the driver: pathlib would cost start-up time in the container
"""Runs inside the image and prints one JSON object: what its package databases say, undigested.

Sent as text with `python -I -c`, so it must run alone on any Python from 3.8 with the standard library only. What the
lines mean is decided outside, where it can be tested.
"""

import importlib.metadata
import json
import os
import subprocess
import sys

TYPE_CHECKING = False  # spares the interpreter in the image an import
if TYPE_CHECKING:
    from typing import Any

DPKG = ("Package", "Status", "Version", "Architecture")
APK = ("P", "V", "A")
RPM_HOMES = ("/usr/lib/sysimage/rpm", "/usr/share/rpm", "/var/lib/rpm")
RPM_QUERY = "%{NAME}\\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\t%{ARCH}\\n"


def text_of(path: str) -> str:
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read()


def stanzas(path: str, names: "tuple[str, ...]") -> "list[dict[str, str]]":
    """The paragraphs of a file, with the fields that were asked for."""
    found: list[dict[str, str]] = [{}]
    for line in text_of(path).split("\n"):
        name, colon, value = line.partition(":")
        if not line.strip():
            found.append({})
        elif colon and name in names:
            found[-1][name] = value.strip()
    return [entry for entry in found if entry]


def dpkg_files() -> "list[str]":
    folder = "/var/lib/dpkg/status.d"
    apart = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    files = [os.path.join(folder, name) for name in apart if not name.endswith(".md5sums")]
    status = "/var/lib/dpkg/status"
    return ([status] if os.path.exists(status) else []) + files


def rpm_packages() -> "list[list[str]] | None":
    """None where there is no database; an exception where there is one and nothing in the image reads it."""
    if not any(os.path.isdir(home) and os.listdir(home) for home in RPM_HOMES):
        return None
    command = ["rpm", "-qa", "--queryformat", RPM_QUERY]
    output = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, timeout=30).stdout
    return [line.split("\t") for line in output.decode().splitlines()]


def python_packages() -> "list[list[str | None]]":
    path = list(dict.fromkeys(sys.path + [entry for entry in os.environ.get("PYTHONPATH", "").split(":") if entry]))
    found = importlib.metadata.distributions(path=path)
    return sorted(([entry.metadata["Name"], entry.metadata["Version"]] for entry in found), key=repr)


def main() -> None:
    answer: dict[str, Any] = {"python": ".".join(map(str, sys.version_info[:3])), "unreadable": []}

    def ask(name: str, question: "Any") -> None:
        try:
            answer[name] = question()
        except Exception as problem:
            answer[name] = None
            answer["unreadable"].append([name, type(problem).__name__])

    release = [path for path in ("/etc/os-release", "/usr/lib/os-release") if os.path.exists(path)]
    apk = [path for path in ("/lib/apk/db/installed", "/usr/lib/apk/db/installed") if os.path.exists(path)]
    ask("release", lambda: text_of(release[0]) if release else "")
    ask("pypi", python_packages)
    ask("deb", lambda: {path: stanzas(path, DPKG) for path in dpkg_files()})
    ask("apk", lambda: {path: stanzas(path, APK) for path in apk[:1]})
    ask("rpm", rpm_packages)
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
