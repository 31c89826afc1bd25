"""The platform under test: every reader behind one object, each file read once and only when a check asks.

Readers are imported where they are used: a run of three checks pays for three readers.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.contract.model import Contract

if TYPE_CHECKING:
    from packaging_readiness.checkout.context import Context
    from packaging_readiness.checkout.copies import Copies
    from packaging_readiness.checkout.copy_sources import Copy
    from packaging_readiness.checkout.dockerfile import Dockerfile
    from packaging_readiness.checkout.git import GitState
    from packaging_readiness.checkout.handles import HandlesRegistry
    from packaging_readiness.checkout.master_plan import MasterPlan
    from packaging_readiness.checkout.plan import Plan
    from packaging_readiness.checkout.stages import Stages
    from packaging_readiness.checkout.workflow_model import Workflow

Document = TypeVar("Document")
SIZE_LIMIT = 20_000_000


class Platform:
    """A checkout and what its contract says about it. Readers raise InputRefused or CannotTell."""

    def __init__(self, root: Path, contract: Contract) -> None:
        self.root = root
        self.contract = contract

    def read(self, relative: str) -> bytes:
        """The bytes of a file of the checkout. Raises CannotTell when it is missing, unreadable or oversize."""
        path = self.root / relative
        try:
            if path.stat().st_size > SIZE_LIMIT:
                raise CannotTell(relative, f"is larger than {SIZE_LIMIT} bytes")
            return path.read_bytes()
        except OSError as error:
            raise CannotTell(relative, f"cannot be read: {error.strerror}", "restore the file") from None

    def _document(self, relative: str, reader: Callable[[str, str], Document]) -> Document:
        try:
            text = self.read(relative).decode("utf-8")
        except UnicodeDecodeError as error:
            raise CannotTell(relative, f"is not UTF-8 (byte {error.start})", "save it as UTF-8") from None
        return reader(text, relative)

    @cached_property
    def handles(self) -> "HandlesRegistry":
        """The handles registry."""
        from packaging_readiness.checkout.handles import read_handles

        return self._document(self.contract.documents.registry, read_handles)

    @cached_property
    def authority(self) -> "HandlesRegistry":
        """The handles that the design authority pins."""
        from packaging_readiness.checkout.handles import read_handles

        return self._document(self.contract.documents.design_authority, read_handles)

    @cached_property
    def plan(self) -> "Plan":
        """The M1 build plan."""
        from packaging_readiness.checkout.plan import read_plan

        return self._document(self.contract.documents.plan, read_plan)

    @cached_property
    def master_plan(self) -> "MasterPlan":
        """The master plan."""
        from packaging_readiness.checkout.master_plan import read_master_plan

        return self._document(self.contract.documents.master_plan, read_master_plan)

    @cached_property
    def workflow(self) -> "Workflow":
        """The packaging workflow that the contract names."""
        from packaging_readiness.checkout.workflow import read_workflow

        path = self.contract.workflow.path
        return read_workflow(self.read(path), path)

    @cached_property
    def git(self) -> "GitState":
        """Commit, branch and cleanliness of the checkout."""
        from packaging_readiness.checkout.git import read_git

        return read_git(self.root)

    @cached_property
    def dockerfile(self) -> "Dockerfile":
        """The Dockerfile as the builder reads it."""
        from packaging_readiness.checkout.context import load_dockerfile

        path = self.contract.image.dockerfile
        return load_dockerfile(self.root / path, path)

    @cached_property
    def context_root(self) -> Path:
        """Root of the build context."""
        return self.root / self.contract.image.context

    @cached_property
    def context(self) -> "Context":
        """The files that reach the builder."""
        from packaging_readiness.checkout.context import resolve_context

        return resolve_context(self.context_root, self.root / self.contract.image.dockerfile)

    @cached_property
    def stages(self) -> "Stages":
        """The stages of the Dockerfile."""
        from packaging_readiness.checkout.stages import resolve_stages

        return resolve_stages(self.dockerfile, {})

    @cached_property
    def copies(self) -> "Copies":
        """What each COPY and ADD takes."""
        from packaging_readiness.checkout.copies import resolve_copies

        return resolve_copies(self.dockerfile, self.context, {})

    @cached_property
    def copied(self) -> Mapping[str, tuple[str, ...]]:
        """Context files that a COPY or ADD of the final image takes, each with its sorted places in the image."""
        places: dict[str, set[str]] = {}
        for copy in self._final_copies("context"):
            for source, place in copy.files:
                places.setdefault(source, set()).add(place)
        return {path: tuple(sorted(places[path])) for path in sorted(places)}

    @cached_property
    def taken(self) -> frozenset[str]:
        """Context files that the final image's build uses: copied, mounted, or a link on the way to such a file."""
        copies = self._final_copies("context", "mount")
        return frozenset(path for copy in copies for path in (*copy.through, *(source for source, _ in copy.files)))

    def _final_copies(self, *kinds: str) -> "list[Copy]":
        needed = self.copies.stages.needed()
        return [copy for copy in self.copies.sources if copy.kind in kinds and copy.stage in needed]

    @property
    def files_read(self) -> tuple[str, ...]:
        """Every file that a verdict rests on: build context, Dockerfile, ignore file, workflow, documents, policies."""
        contract = self.contract
        context = "" if contract.image.context == "." else contract.image.context.rstrip("/") + "/"
        documents = [getattr(contract.documents, field.name) for field in fields(contract.documents)]
        dockerfile = contract.image.dockerfile
        ignores = [f"{dockerfile}.dockerignore", f"{context}.dockerignore"]
        others = [dockerfile, contract.workflow.path, *documents, *contract.push.policy_documents, *ignores]
        there = [path for path in others if (self.root / path).exists()]
        return tuple(sorted({context + path for path in self.context.files} | set(there)))

    @cached_property
    def context_digests(self) -> Mapping[str, str]:
        """sha256 of every context file; of its target for a link, because that is what the builder is sent."""
        import hashlib

        digests = {}
        for relative in self.context.files:
            path = self.context_root / relative
            try:
                if relative in self.context.links:
                    digest = hashlib.sha256(str(path.readlink()).encode())
                else:
                    with path.open("rb") as file:
                        digest = hashlib.file_digest(file, "sha256")
            except OSError as error:
                raise CannotTell(relative, f"cannot be read: {error.strerror}", "mend its permissions") from None
            digests[relative] = f"sha256:{digest.hexdigest()}"
        return digests

    def tree_digest(self, paths: Iterable[str]) -> str:
        """One digest over some files of the context, by path and content."""
        from packaging_readiness.contract.canonical import sha256

        return sha256("".join(f"{self.context_digests[path]}  {path}\n" for path in sorted(paths)).encode())

    def handle(self, key: str) -> str | None:
        """A registry handle's value as text; None when it is absent, bare or still to be pinned."""
        from packaging_readiness.checkout.handle_values import unpinned

        handle = self.handles.find(key)
        if handle is None or handle.value is None or unpinned(handle.value):
            return None
        return str(handle.value)

    def handle_place(self, key: str) -> str:
        """`path:line` of a registry handle, or the path alone when it is absent."""
        handle = self.handles.find(key)
        return self.handles.path if handle is None else f"{self.handles.path}:{handle.line}"
