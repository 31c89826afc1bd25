"""A bundle in an S3 bucket: put each object once, read it back, find what lies there. The client is handed in."""

import base64
import hashlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.evidence.files import MANIFEST, RESULTS
from packaging_readiness.evidence.problems import Problem
from packaging_readiness.evidence.store import (
    CLAIM,
    SIZE_LIMIT,
    TOTAL_LIMIT,
    Found,
    name_problem,
    same_but_for_case,
    shown,
)
from packaging_readiness.evidence.store_errors import error_code, translated

_URL = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?", re.DOTALL)
_KEYS_LIMIT = 10_000
_CONFLICT_ROUNDS = 5
_CONFLICT_PAUSE_S = 0.2
_FIND = "name the prefix of one run, for example s3://bucket/evidence/runs/RUN_ID/"


@dataclass(frozen=True, slots=True)
class Location:
    """A bucket and a key prefix in it: empty, or ending with `/`."""

    bucket: str
    prefix: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"


def parse_location(url: str) -> Location:
    """`s3://bucket[/prefix]`. Raises InputRefused for anything else."""
    match = _URL.fullmatch(url)
    prefix = (match.group(2) or "") if match else ""
    if match is None or not prefix.isprintable() or "//" in f"/{prefix}" or {"..", "."} & set(prefix.split("/")):
        raise InputRefused(shown(url), "is no location like s3://bucket/prefix")
    return Location(match.group(1), prefix if prefix.endswith("/") or not prefix else f"{prefix}/")


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket through a client of the S3 API. Every method raises CannotTell for what the service refuses."""

    client: Any
    name: str

    def put_once(self, key: str, data: bytes) -> bool:
        """Put `data` under `key` unless something is there; whether it was put."""
        checksum = base64.b64encode(hashlib.sha256(data).digest()).decode()
        for _ in range(_CONFLICT_ROUNDS):
            with translated("s3:PutObject", self._place(key)):
                try:
                    self.client.put_object(
                        Bucket=self.name,
                        Key=key,
                        Body=data,
                        IfNoneMatch="*",
                        ChecksumAlgorithm="SHA256",
                        ChecksumSHA256=checksum,
                        ContentType="application/json",
                    )
                except Exception as error:
                    code = error_code(error)
                    if code == "PreconditionFailed":
                        return False
                    if code != "ConditionalRequestConflict":
                        raise
                else:
                    return True
            time.sleep(_CONFLICT_PAUSE_S)  # another put of this key is under way
        raise CannotTell(self._place(key), "others keep putting this object", "run again when they have ended")

    def get(self, key: str, limit: int = SIZE_LIMIT) -> tuple[bytes | None, str | None]:
        """Bytes and version id of what lies under `key`; None instead of the bytes when there are more than `limit`."""
        with translated("s3:GetObject", self._place(key)):
            answer = self.client.get_object(Bucket=self.name, Key=key)
            body, size = answer["Body"], int(answer["ContentLength"])
            try:
                data: bytes | None = body.read(limit + 1) if size <= limit else None
            finally:
                body.close()
        if data is not None and len(data) != size:  # a bounded read does not notice by itself
            raise CannotTell(self._place(key), "s3:GetObject: the answer was cut short", "run again")
        version = answer.get("VersionId")
        return data, None if version in (None, "null") else str(version)

    def keys(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Keys below `prefix` with their sizes in bytes, page by page. Raises CannotTell beyond a bound."""
        token: dict[str, str] = {}
        count = 0
        while True:
            with translated("s3:ListBucket", self._place(prefix)):
                page = self.client.list_objects_v2(Bucket=self.name, Prefix=prefix, **token)
            for entry in page.get("Contents", ()):
                count += 1
                if count > _KEYS_LIMIT:
                    raise CannotTell(self._place(prefix), f"more than {_KEYS_LIMIT} keys lie there", _FIND)
                yield str(entry["Key"]), int(entry["Size"])
            if not page.get("IsTruncated"):
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def versioning(self) -> str | None:
        """`Enabled`, `Suspended`, or None for a bucket that never had versions."""
        with translated("s3:GetBucketVersioning", self._place("")):
            status = self.client.get_bucket_versioning(Bucket=self.name).get("Status")
        return None if status is None else str(status)

    def object_lock(self) -> str | None:
        """The default retention mode, `Enabled` when there is a lock without a default, None without a lock."""
        with translated("s3:GetBucketObjectLockConfiguration", self._place("")):
            try:
                answer = self.client.get_object_lock_configuration(Bucket=self.name)
            except Exception as error:
                if error_code(error) == "ObjectLockConfigurationNotFoundError":
                    return None
                raise
        lock = answer.get("ObjectLockConfiguration", {})
        if lock.get("ObjectLockEnabled") != "Enabled":
            return None
        return str(lock.get("Rule", {}).get("DefaultRetention", {}).get("Mode", "Enabled"))

    def _place(self, key: str) -> str:
        return f"s3://{self.name}/{shown(key)}"


def read_bucket(bucket: Bucket, location: Location) -> Found:
    """The one bundle at or below `location`. Raises CannotTell for none or too many keys, InputRefused for several."""
    sizes = dict(bucket.keys(location.prefix))
    folder = _folder(sizes, location)
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    names = sorted(key.removeprefix(folder) for key in sizes if key.startswith(folder))
    total = 0
    for name in names:
        problem = name_problem(name)
        if problem is not None:
            problems.append(problem)
            continue
        room = min(SIZE_LIMIT, TOTAL_LIMIT - total)
        data = bucket.get(folder + name, room)[0] if sizes[folder + name] <= room else None
        if data is None:
            problems.append(Problem("oversize", name, f"is larger than {room} bytes"))
            continue
        files[name] = data
        total += len(data)
    problems += same_but_for_case(names)
    return Found(tuple(folder.strip("/").split("/"))[-3:], files, tuple(problems), published=True)


def _folder(sizes: dict[str, int], location: Location) -> str:
    ends = (CLAIM, MANIFEST, RESULTS)
    folders = {key.removesuffix(name) for key in sizes for name in ends if key == name or key.endswith(f"/{name}")}
    if location.prefix in folders:
        return location.prefix
    if not folders:
        raise CannotTell(str(location), f"holds no bundle ({MANIFEST} is nowhere in it)", _FIND)
    if len(folders) > 1:
        names = ", ".join(map(shown, sorted(folders)[:5]))
        raise InputRefused(str(location), f"holds several bundles: {names}", _FIND)
    return folders.pop()
