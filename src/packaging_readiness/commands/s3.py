"""The client of the S3 API that `publish` and `verify s3://` hand to the library. boto3 is imported here only."""

import os
from typing import Any

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.evidence.store_errors import translated
from packaging_readiness.evidence.store_s3 import Bucket

# Seconds, and attempts in all: a store that does not answer is told within about a minute.
_CONNECT_TIMEOUT = 5
_READ_TIMEOUT = 20
_ATTEMPTS = 3
_DEFAULT_REGION = "us-east-1"


def open_bucket(name: str, endpoint_url: str | None) -> Bucket:
    """The bucket `name`, with the credentials of the environment. Raises CannotTell when there is no client."""
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        raise CannotTell(f"s3://{name}", "boto3 is not installed", "pip install boto3") from None
    configuration = Config(
        connect_timeout=_CONNECT_TIMEOUT,
        read_timeout=_READ_TIMEOUT,
        retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
    )
    with translated("s3", f"s3://{name}"):
        session = boto3.session.Session()
        region = session.region_name or os.environ.get("AWS_REGION") or _DEFAULT_REGION
        client: Any = session.client("s3", region_name=region, endpoint_url=endpoint_url, config=configuration)
    return Bucket(client, name)
