"""Every fuzzer by name."""

from collections.abc import Mapping

from tools.fuzzing import (
    target_dockerfile,
    target_documents,
    target_ignore,
    target_image,
    target_packs,
    target_reports,
    target_secrets,
    target_settings,
    target_workflow,
    target_zip,
)
from tools.fuzzing.target import Target

TARGETS: Mapping[str, Target] = {
    target.name: target
    for target in (
        target_dockerfile.TARGET,
        target_ignore.TARGET,
        target_documents.TARGET,
        target_workflow.TARGET,
        target_reports.TARGET,
        target_packs.TARGET,
        target_zip.TARGET,
        target_image.TARGET,
        target_secrets.TARGET,
        target_settings.TARGET,
    )
}
