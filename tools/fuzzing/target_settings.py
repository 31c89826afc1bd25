"""The YAML files that people write for a run: a contract, the facts of a build, waivers and acceptances."""

from pathlib import Path

from tools.fuzzing.mutation import Mutator
from tools.fuzzing.target import Target, attempt, texts

_WORDS = rb"""extends: dev_full name: includes: entrypoints: handles: waivers: acceptances: check: owner: reason:
expires: build_driver: git_sha: image_digest: &a *a <<: *a <<: [*a,*a] - | > ? : , [ ] { } "" '' !!int !!float
!!bool !!timestamp !!binary !!set !!omap !!pairs !!null !!str !!python/object: ~ null true on 0x7f 0b1 1:99:99 .inf
.nan 2026-13-45 --- ... %YAML # = a0: &a0 [*a0] {<<: *a} 2026-03-31 m1a.advisory.base-pinned TO_PIN"""
_WAIVERS = b"""waivers:
- {check: m1a.advisory.base-pinned, owner: release lead, reason: pinned next month, expires: 2026-03-31}
acceptances: [{blocker: M1C-B5, owner: a, reason: b}]
"""
_FACTS = b"build_driver: github_actions\nbuild_actor: a\nbuild_completed_at_utc: 2026-02-22T19:48:49Z\n"
_MERGED = b"base: &base {a: 1}\nmore: &more {<<: *base, b: 2}\nlast: {<<: [*base, *more]}\n"


def _seeds() -> list[bytes]:
    own = texts(
        "fixtures/reference_platform/packaging-readiness.yaml", "src/packaging_readiness/contract/dev_full.yaml"
    )
    return [*own, _WAIVERS, _FACTS, _MERGED]


def _run(data: bytes) -> None:
    from packaging_readiness.contract.load import load_contract
    from packaging_readiness.contract.source import read_mapping, typed
    from packaging_readiness.plugin.build_facts import read_build_facts
    from packaging_readiness.verdict.header import Carried

    path = Path("settings.yaml")
    path.write_bytes(data)
    attempt(load_contract, "settings.yaml")
    attempt(read_build_facts, "settings.yaml")
    value = attempt(read_mapping, path, "settings.yaml")
    if value is not None:
        attempt(typed, Carried, value, path, "settings.yaml")


TARGET = Target(
    name="settings",
    reads="YAML files given to a run: contract, build facts, waivers",
    seeds=_seeds,
    run=_run,
    mutate=Mutator(_WORDS.split(), _seeds),
    readers=(
        "packaging_readiness.contract.load:read_mapping",
        "packaging_readiness.plugin.build_facts:read_build_facts",
    ),
)
