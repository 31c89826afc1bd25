"""An image as engines export it and registries describe it: documents as edits of good ones, archives as they are."""

from tools.fuzzing import target_archive, target_manifest
from tools.fuzzing.target import either

TARGET = either(
    "image",
    "image: OCI layout, manifest and configuration, a registry's index, a role's policy, archives and layers",
    target_manifest.TARGET,
    target_archive.TARGET,
    lambda data: data.startswith(b"-- "),
)
