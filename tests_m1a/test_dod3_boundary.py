"""M1.A, box 3: the content boundary is explicit and auditable."""

import hashlib
from pathlib import Path

from packaging_readiness.contract.errors import CannotTell
from packaging_readiness.contract.model import Contract, Entrypoint, Include
from packaging_readiness.plugin.check import Record, check
from packaging_readiness.plugin.platform import Platform


def covers(include: Include, path: str) -> bool:
    """Whether a context file belongs to an include path."""
    return path == include.id or (include.recursive and path.startswith(include.id.rstrip("/") + "/"))


def included(include: Include, platform: Platform) -> list[str]:
    """Context files of one include path."""
    return [path for path in platform.context.files if covers(include, path)]


def digest(root: Path, path: str) -> str:
    """sha256 of a context file; of its target for a link, because that is what the builder sends."""
    full = root / path
    try:
        data = str(full.readlink()).encode() if full.is_symlink() else full.read_bytes()
    except OSError as error:
        raise CannotTell(path, f"cannot be read: {error.strerror}", "mend its permissions") from None
    return "sha256:" + hashlib.sha256(data).hexdigest()


def tree_digest(files: list[tuple[str, str]]) -> str:
    """One digest over sorted (path, sha256) pairs."""
    lines = "".join(f"{value}  {path}\n" for path, value in sorted(files))
    return "sha256:" + hashlib.sha256(lines.encode()).hexdigest()


@check("m1a.boundary.include-exists")
def test_include_exists(row: Include, platform: Platform, record: Record) -> None:
    """Each include path of the contract exists in the checkout."""
    path = platform.root / row.id
    kind = "a directory" if row.recursive else "a file"
    there = path.is_dir() if row.recursive else path.is_file()
    record.observe(path=row.id, recursive=row.recursive)
    record.require(there, "include-missing", f"{row.id}: {kind} of this name is not in the checkout")


@check("m1a.boundary.include-in-context")
def test_include_enters_the_context(row: Include, platform: Platform, record: Record) -> None:
    """Each include path enters the build context."""
    files = included(row, platform)
    pairs = [(path, digest(platform.context_root, path)) for path in files]
    record.observe(path=row.id, files_count=len(files), tree_digest=tree_digest(pairs))
    line = platform.context.decided_by(row.id)
    where = (
        f"kept out by {platform.context.ignore.place}:{line.line}" if line and platform.context.ignore else "not there"
    )
    record.require(bool(files), "include-not-in-context", f"{row.id}: {where}")


@check("m1a.boundary.include-copied")
def test_include_is_copied(row: Include, platform: Platform, record: Record) -> None:
    """Each file of an include path is taken by a COPY or ADD of the final image."""
    needed = platform.copies.stages.needed()
    taken = {
        source
        for copy in platform.copies.sources
        if copy.stage in needed and copy.kind == "context"
        for source, _ in copy.files
    }
    files = included(row, platform)
    left = [path for path in files if path not in taken]
    record.observe(path=row.id, files_count=len(files) - len(left))
    record.require(bool(files), "include-not-in-context", f"{row.id}: nothing of it is in the context")
    record.require(not left, "include-not-copied", *(f"{path}: no COPY takes it" for path in left))


@check("m1a.boundary.copy-maps-to-include")
def test_copies_map_to_includes(platform: Platform, contract: Contract, record: Record) -> None:
    """Each COPY, ADD and bind mount takes only files of include paths that may be copied."""
    allowed = [include for include in contract.includes if include.copied]
    beyond, copies = [], []
    for copy in platform.copies.sources:
        if copy.kind not in ("context", "mount"):
            continue
        copies.append({"line": copy.line, "stage": copy.stage_name or str(copy.stage), "source": copy.source})
        strangers = [path for path, _ in copy.files if not any(covers(include, path) for include in allowed)]
        place = f"{platform.dockerfile.path}:{copy.line}"
        beyond += [f"{place}: {copy.instruction} {copy.source} takes {path}" for path in strangers]
        if not copy.files and copy.problem is None:
            beyond.append(f"{place}: {copy.instruction} {copy.source} takes nothing")
    record.observe(copies=copies)
    record.require(bool(copies), "no-copy", f"{platform.dockerfile.path}: nothing of the context is copied")
    record.require(not beyond, "copy-beyond-contract", *beyond)


@check("m1a.boundary.context-within-contract")
def test_nothing_else_enters_the_context(platform: Platform, contract: Contract, record: Record) -> None:
    """Every file of the context belongs to an include path."""
    context = platform.context
    pairs = [(path, digest(platform.context_root, path)) for path in context.files]
    record.observe(
        ignore_file=context.ignore.place if context.ignore else None,
        context_files=len(context.files),
        context_bytes=sum(context.sizes.values()),
        context_tree_digest=tree_digest(pairs),
        files=[{"path": path, "sha256": value, "size": context.sizes[path]} for path, value in pairs],
    )
    strangers = [path for path in context.files if not any(covers(include, path) for include in contract.includes)]
    trees: dict[str, list[str]] = {}
    for path in strangers:
        trees.setdefault(path.partition("/")[0], []).append(path)
    found = []
    for tree, paths in sorted(trees.items(), key=lambda entry: -sum(context.sizes[path] for path in entry[1])):
        size = sum(context.sizes[path] for path in paths)
        line = context.decided_by(paths[0])
        by = f", let in by {context.ignore.place}:{line.line}" if line and context.ignore else ""
        found.append(f"{tree}: {len(paths)} files, {size} bytes{by}")
    record.require(not strangers, "context-beyond-contract", *found)


@check("m1a.boundary.learning-module")
def test_learning_module_is_packaged(row: Entrypoint, platform: Platform, record: Record) -> None:
    """The source file of each learning module is copied into the image."""
    module = row.module.replace(".", "/")
    taken = {source for copy in platform.copies.sources if copy.kind == "context" for source, _ in copy.files}
    found = [path for path in taken if path.endswith((f"{module}.py", f"{module}/__main__.py"))]
    record.observe(module_path=sorted(found)[0] if found else None, handle=row.handle)
    record.require(bool(found), "learning-module-absent", f"{row.module}: no copied file holds it")


@check("m1a.boundary.learning-handle")
def test_learning_handle_is_pinned(row: Entrypoint, platform: Platform, record: Record) -> None:
    """Each learning handle is among the registry's entrypoint handles."""
    names = [handle.key for handle in platform.handles.entrypoints]
    record.observe(handle=row.handle)
    record.require(row.handle in names, "learning-handle-absent", f"{platform.handles.path}: {row.handle} is not there")
