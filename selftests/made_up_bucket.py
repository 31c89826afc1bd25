"""A client of a bucket that answers from a dictionary, and remembers what it was asked."""

import io
from dataclasses import dataclass, field
from typing import Any

from packaging_readiness.evidence.store_s3 import Bucket


class Body(io.BytesIO):
    """Counts what is asked of it."""

    asked: int = -1

    def read(self, size: int | None = -1) -> bytes:
        self.asked = -1 if size is None else size
        return super().read(size)


@dataclass
class Client:
    """Answers from its fields, and remembers what it was asked."""

    objects: dict[str, bytes] = field(default_factory=dict)
    puts: list[Exception | None] = field(default_factory=list)
    lengths: dict[str, Any] = field(default_factory=dict)
    version: Any = None
    status: Any = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[Body] = field(default_factory=list)

    def put_object(self, **asked: Any) -> None:
        self.asked.append(asked)
        answer = self.puts.pop(0) if self.puts else None
        if answer is not None:
            raise answer

    def get_object(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        data = self.objects[asked["Key"]]
        self.bodies.append(Body(data))
        length = self.lengths.get(asked["Key"], len(data))
        return {"Body": self.bodies[-1], "ContentLength": length, "VersionId": self.version}

    def list_objects_v2(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        keys = [key for key in self.objects if key.startswith(asked["Prefix"])]
        return {"Contents": [{"Key": key, "Size": len(self.objects[key])} for key in keys], "IsTruncated": False}

    def get_bucket_versioning(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        return {} if self.status is None else {"Status": self.status}


def bucket(client: Any) -> Bucket:
    return Bucket(client, "evidence-bucket")
