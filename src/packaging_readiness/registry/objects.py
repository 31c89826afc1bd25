"""Reading one object of the evidence bucket."""

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.registry.aws_errors import translated
from packaging_readiness.registry.ecr import real_client

SIZE_LIMIT = 20_000_000
_ABSENT = ("NoSuchKey", "NoSuchBucket", "404")


def read_object(bucket: str, key: str, region: str) -> bytes | None:
    """The bytes of an object, or None where bucket or key do not exist. Raises CannotTell."""
    from botocore.exceptions import ClientError

    place = f"s3://{bucket}/{key}"
    with translated("s3:GetObject", place):
        client = real_client("s3", region)
        try:
            body = client.get_object(Bucket=bucket, Key=key)["Body"]
            data: bytes = body.read(SIZE_LIMIT + 1)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _ABSENT:
                return None
            raise
        finally:
            client.close()
    if len(data) > SIZE_LIMIT:
        raise CannotTell(place, f"is larger than {SIZE_LIMIT} bytes")
    return data
