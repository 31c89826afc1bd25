"""Credentials in a Dockerfile: names in ARG, ENV, LABEL and RUN, and values anywhere in its text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from packaging_readiness.checkout.dockerfile import Dockerfile, Instruction
from packaging_readiness.plugin.platform import Platform
from packaging_readiness.secrets.names import credential_name
from packaging_readiness.secrets.pairs import scan_text_values
from packaging_readiness.secrets.scan import scan_bytes

_ASSIGNED = re.compile(r"(?<![\w$])([A-Za-z_][A-Za-z0-9_]*)=")
_SECRET_ID = re.compile(r"--mount=type=secret\S*")


def credential_names(dockerfile: Dockerfile, pinned: Sequence[str]) -> list[str]:
    """`path:line: INSTRUCTION NAME` for every credential's name in ARG, ENV, LABEL and RUN, ONBUILD ones too."""
    found = []
    for item in dockerfile.instructions:
        step = item.onbuild or item
        for name in sorted(set(_names(step))):
            if name.upper() in pinned or credential_name(name):
                found.append(f"{dockerfile.path}:{item.start}: {step.name} {name}")
        text = step.original if step.name == "RUN" else ""
        found += [f"{dockerfile.path}:{item.start}: RUN {name}" for name in pinned if re.search(rf"\b{name}\b", text)]
    return sorted(set(found))


def _names(item: Instruction) -> Iterator[str]:
    if item.name in ("ARG", "ENV", "LABEL"):
        for argument in item.args:
            yield argument.partition("=")[0].strip("\"'")
        if item.name == "ENV" and item.args and "=" not in item.args[0]:
            yield item.args[0]
    elif item.name == "RUN":
        body = "\n".join([_SECRET_ID.sub("", item.original), *(document.content for document in item.heredocs)])
        yield from _ASSIGNED.findall(body)


def secret_values(platform: Platform, salt: bytes) -> list[str]:
    """Every finding in the Dockerfile, as text: of its lines, and of the values that its instructions set."""
    path = platform.contract.image.dockerfile
    findings = list(scan_bytes(platform.read(path), path, salt))
    for item in platform.dockerfile.instructions:
        step = item.onbuild or item
        if step.name in ("ARG", "ENV", "LABEL"):
            set_here = scan_text_values(_pairs(step), path, salt, line=item.start)
            known = {finding.fingerprint for finding in findings}
            findings += [replace(finding, path=path) for finding in set_here if finding.fingerprint not in known]
    return sorted(set(map(str, findings)))


def _pairs(item: Instruction) -> dict[str, str]:
    pairs = {}
    for argument in item.args:
        name, equals, value = argument.partition("=")
        if equals:
            pairs[name.strip("\"'")] = value.strip("\"'")
    if not pairs and len(item.args) > 1:
        pairs[item.args[0]] = " ".join(item.args[1:])
    return pairs
