"""Command-line options of the plugin."""

import pytest

from packaging_readiness.plugin.pytest_errors import one_of


def add_options(parser: pytest.Parser) -> None:
    """Register every option in one group, so that `pytest --help` tells the whole story in one place."""
    group = parser.getgroup("packaging readiness", "packaging readiness (phase P(-1), milestone M1)")

    def add(name: str, help_text: str, **more: object) -> None:
        destination = "readiness_" + name.lstrip("-").replace("-", "_")
        group.addoption(name, dest=destination, help=help_text, **more)

    add("--platform-root", "checkout of the platform to check (default: the reference platform)", metavar="DIR")
    add(
        "--contract",
        "packaged contract or a contract file (default: dev_full, or the reference platform's own)",
        metavar="NAME|FILE",
    )
    add("--image", "check this existing image instead of building the Dockerfile", metavar="REF")
    add("--build-facts", "what the build system says of the build of --image (JSON or YAML)", metavar="FILE")
    engines, registries = ("auto", "podman", "docker"), ("embedded", "real")
    add(
        "--engine",
        "container engine (default: auto)",
        type=one_of(*engines),
        default="auto",
        metavar="|".join(engines),
    )
    add(
        "--aws",
        "registry to ask (default: what the contract's authority demands)",
        type=one_of(*registries),
        metavar="|".join(registries),
    )
    add("--evidence", "adjudicate this existing evidence pack; nothing is built", metavar="DIR|ZIP|s3://BUCKET/PREFIX")
    add(
        "--evidence-out",
        "write the bundle here (default for whole runs: the mirror folder below the current directory)",
        metavar="DIR",
    )
    add("--sign-key", "sign SBOM, statements and manifest with this key (Ed25519 or P-256, PEM)", metavar="FILE")
    add("--platform-run-id", "run id (default: platform_<UTC>)", metavar="ID")
    add("--written-at", "time of the run (default: SOURCE_DATE_EPOCH, else now)", metavar="UTC")
    add("--waivers", "reviewed waivers of S3 advisories and acceptances of blockers", metavar="FILE")
    add("--blocker", "run only the checks that raise this blocker code, e.g. M1A-B4", metavar="CODE")
    add(
        "--shard",
        "run part K of N: entrypoints are dealt out in the order of their ids, every check that runs no entrypoint "
        "runs in part 1; `packaging-readiness bundle` merges the reports",
        metavar="K/N",
    )
    add("--check", "run only this check, e.g. m1b.run.help or 'm1b.run.help[sr]'", metavar="ID", action="append")
