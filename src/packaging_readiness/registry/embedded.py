"""The embedded registry: moto's ECR inside this process, holding one image under one tag.

It needs no network and nothing of the caller's AWS set-up, and leaves the environment as it found it. Its word on
the digest is worth nothing by itself, which is why its authority is `embedded`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.registry.ecr import EcrRegistry
from packaging_readiness.registry.manifest import read_manifest
from packaging_readiness.registry.model import Manifest, RepositoryRef
from packaging_readiness.registry.port import ImageRegistry
from packaging_readiness.registry.resolve import TAG_GRAMMAR, digest_of


@contextmanager
def embedded_registry(repo: RepositoryRef, manifest: Manifest, tag: str) -> Iterator[ImageRegistry]:
    """Yield a registry whose immutable repository `repo` holds `manifest` under `tag`.

    Enter it once per process at a time: while it is open, every boto3 call of the process meets moto.
    Raises InputRefused for a tag that is none, RegistryFinding for a manifest that is none.
    """
    if not TAG_GRAMMAR.fullmatch(tag):
        raise InputRefused(f"{repo.uri}:{tag[:128]}", "not an image tag")
    read_manifest(manifest, f"{repo.uri}:{tag}")
    with moto_client(repo.region) as client:
        client.create_repository(registryId=repo.registry_id, repositoryName=repo.name, imageTagMutability="IMMUTABLE")
        client.put_image(
            registryId=repo.registry_id,
            repositoryName=repo.name,
            imageManifest=manifest.bytes.decode("utf-8"),
            imageManifestMediaType=manifest.media_type,
            imageTag=tag,
            # moto takes any digest, and computes a wrong one when none is given.
            imageDigest=digest_of(manifest.bytes),
        )
        yield EcrRegistry(client, repo.region, "embedded")


@contextmanager
def moto_client(region: str) -> Iterator[Any]:
    """Yield a boto3 ECR client that talks to an empty moto, whatever AWS_* variables and files say."""
    import boto3
    import botocore.session
    from botocore.config import Config
    from moto import mock_aws

    # moto would otherwise put dummy credentials into os.environ, where child processes inherit them.
    with mock_aws(config={"core": {"mock_credentials": False, "reset_boto3_session": False}}):
        defaults = botocore.session.Session.SESSION_VARIABLES
        # (name in the configuration file, environment variable, default, conversion): no file, no environment.
        variables = {name: (None, None, row[2], None) for name, row in defaults.items()}
        variables["config_file"] = variables["credentials_file"] = (None, None, os.devnull, None)
        session = boto3.session.Session(
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            region_name=region,
            botocore_session=botocore.session.Session(session_vars=variables),
        )
        client = session.client("ecr", config=Config(ignore_configured_endpoint_urls=True))
        try:
            yield client
        finally:
            client.close()
