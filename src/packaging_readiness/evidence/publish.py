"""Publish a bundle once: claim first, manifest last, each object put once and read back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from packaging_readiness.contract.canonical import read_json, sha256
from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.contract.load import contract_from_data
from packaging_readiness.evidence.claim import claim_for
from packaging_readiness.evidence.files import CONTRACT, MANIFEST
from packaging_readiness.evidence.store import CLAIM, Found, shown
from packaging_readiness.evidence.store_s3 import Bucket, Location
from packaging_readiness.evidence.verify import Verification

PATTERN = "EVIDENCE_PHASE_PREFIX_PATTERN"


@dataclass(frozen=True, slots=True)
class Put:
    """One object as it lies in the bucket: put by this run, or present with the same bytes before it.

    `differs`: what was read back is not what the bundle holds. `version_id` is null in a bucket without versions.
    """

    name: str
    key: str
    size: int
    sha256: str
    state: Literal["written", "present", "differs"]
    version_id: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be put where, in order: the claim first, the manifest last."""

    bucket: str
    prefix: str
    platform_run_id: str
    files: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing came to. `unknown` are keys below the prefix that are no part of the bundle."""

    plan: Plan
    objects: tuple[Put, ...]
    unknown: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the bundle lies there whole, and nothing else does."""
        last = self.objects[-1].name if self.objects else None
        return last == MANIFEST and not self.unknown and all(entry.state != "differs" for entry in self.objects)


def plan(found: Found, verification: Verification, location: Location) -> Plan:
    """What publishing `found` to `location` means. Raises InputRefused for a bundle that is not coherent."""
    if not verification.coherent:
        problem = verification.problems[0]
        count = len(verification.problems)
        raise InputRefused(
            verification.folder or "the bundle",
            f"is not coherent, and so is not published ({count} problems, the first: {problem})",
            "run `packaging-readiness verify` on it, and publish what the suite wrote",
        )
    manifest = found.files[MANIFEST]
    content = read_json(manifest, MANIFEST)
    names = sorted(found.files.keys() - {MANIFEST, CLAIM})
    files = {CLAIM: claim_for(manifest, content)}
    files |= {name: found.files[name] for name in names}
    files[MANIFEST] = manifest
    return Plan(location.bucket, location.prefix + _folder(found, content), content["platform_run_id"], files)


def publish(plan: Plan, bucket: Bucket, progress: Callable[[Put], None]) -> Published:
    """Put what is not there yet, and read everything back. The manifest is put only when all else is as it must be.

    Raises InputRefused when another bundle has the run id, CannotTell when the store could not be asked.
    """
    done: list[Put] = []
    for entry in _puts(plan, bucket):
        if entry.name == CLAIM and entry.state == "differs":
            raise InputRefused(
                f"s3://{plan.bucket}/{entry.key}",
                f"the run id {plan.platform_run_id} belongs to another bundle; evidence is never overwritten",
                "publish the bundle that took the run id, or make a new run with a run id of its own",
            )
        done.append(entry)
        progress(entry)
        if entry.state == "differs":
            return Published(plan, tuple(done), ())
        if entry.name == list(plan.files)[-2]:
            unknown = _unknown(plan, bucket)
            if unknown:
                return Published(plan, tuple(done), unknown)
    return Published(plan, tuple(done), _unknown(plan, bucket))


def _puts(plan: Plan, bucket: Bucket) -> Iterator[Put]:
    for name, data in plan.files.items():
        key = plan.prefix + name
        written = bucket.put_once(key, data)
        stored, version = bucket.get(key, len(data))
        state: Literal["written", "present", "differs"] = "written" if written else "present"
        yield Put(name, key, len(data), sha256(data), state if stored == data else "differs", version)


def _unknown(plan: Plan, bucket: Bucket) -> tuple[str, ...]:
    keys = {plan.prefix + name for name in plan.files}
    return tuple(shown(key) for key, _ in bucket.keys(plan.prefix) if key not in keys)


def _folder(found: Found, manifest: dict[str, Any]) -> str:
    """The key prefix that the contract's pattern gives this run and phase."""
    contract = contract_from_data(read_json(found.files[CONTRACT], CONTRACT), CONTRACT)
    pattern = contract.handles.get(PATTERN, "")
    rendered = pattern
    for token in ("platform_run_id", "phase_id"):
        if f"{{{token}}}" not in pattern:
            raise CannotTell(CONTRACT, f"{PATTERN} carries no {{{token}}}", "pin the handle in the contract")
        rendered = rendered.replace(f"{{{token}}}", manifest[token])
    if "{" in rendered or rendered.startswith("/") or {"..", "."} & set(rendered.split("/")):
        raise CannotTell(CONTRACT, f"{PATTERN} gives no key prefix", "mend the handle in the contract")
    return rendered if rendered.endswith("/") else f"{rendered}/"
