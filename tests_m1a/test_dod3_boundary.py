"""M1.A, box 3: the content boundary is explicit and auditable."""

from collections.abc import Collection

from packaging_readiness.checkout.offending import offending_trees
from packaging_readiness.contract.model import Contract, Entrypoint, Include
from packaging_readiness.plugin.check import Record, check
from packaging_readiness.plugin.platform import Platform


def covers(include: Include, path: str) -> bool:
    """Whether a context file belongs to an include path."""
    return path == include.id or (include.recursive and path.startswith(include.id.rstrip("/") + "/"))


def included(include: Include, platform: Platform) -> list[str]:
    """Context files of one include path."""
    return [path for path in platform.context.files if covers(include, path)]


def copy_line(include: Include) -> str:
    """The COPY of one include path."""
    path = include.id.rstrip("/") + ("/" if include.recursive else "")
    return f"COPY {path} {path}"


def require_none(platform: Platform, record: Record, reason: str, offending: Collection[str]) -> None:
    """Fail with the trees that these files of the context make up, and with the lines that let them in."""
    found, lines = [], {}
    for tree in offending_trees(platform.context, offending):
        found.append(f"{tree.path}: {tree.files} file{'' if tree.files == 1 else 's'}, {tree.bytes} bytes")
        if tree.let_in_by is not None and platform.context.ignore is not None:
            place = f"{platform.context.ignore.place}:{tree.let_in_by.line}"
            found[-1] += f", let in by {place} {tree.let_in_by.text.strip()!r}"
            lines[place] = f"delete or narrow {place}"
    trees = [row.partition(": ")[0] for row in found]
    fix = "; ".join(lines.values()) or f"write in the ignore file: ** first, else {' '.join(trees[:5])}"
    record.require(not offending, reason, *found, fix=fix)


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
    record.observe(path=row.id, files_count=len(files), tree_digest=platform.tree_digest(files))
    ignore, line = platform.context.ignore, platform.context.decided_by(row.id)
    where = f"kept out by {ignore.place}:{line.line}" if line and ignore else "not there"
    fix = f"write in {ignore.place}, after line {line.line}: !{row.id}" if line and ignore else ""
    record.require(bool(files), "include-not-in-context", f"{row.id}: {where}", fix=fix)


@check("m1a.boundary.include-copied")
def test_include_is_copied(row: Include, platform: Platform, record: Record) -> None:
    """Each file of an include path is taken by a COPY or ADD of the final image."""
    files = included(row, platform)
    left = [path for path in files if path not in platform.copied]
    record.observe(path=row.id, files_count=len(files) - len(left))
    record.require(bool(files), "include-not-in-context", f"{row.id}: nothing of it is in the context")
    fix = f"write in the final stage of {platform.dockerfile.path}: {copy_line(row)}"
    record.require(not left, "include-not-copied", *(f"{path}: no COPY takes it" for path in left), fix=fix)


@check("m1a.boundary.copy-maps-to-include")
def test_copies_map_to_includes(platform: Platform, contract: Contract, record: Record) -> None:
    """Each COPY, ADD and bind mount takes only files of include paths that may be copied."""
    allowed = [include for include in contract.includes if include.copied]
    beyond, copies = [], []
    for copy in platform.copies.sources:
        if copy.kind not in ("context", "mount") or copy.onbuild:
            continue
        copies.append({"line": copy.line, "stage": copy.stage_name or str(copy.stage), "source": copy.source})
        strangers = [path for path, _ in copy.files if not any(covers(include, path) for include in allowed)]
        place = f"{platform.dockerfile.path}:{copy.line}"
        beyond += [f"{place}: {copy.instruction} {copy.source} takes {path}" for path in strangers]
        if not copy.files and copy.problem is None:
            beyond.append(f"{place}: {copy.instruction} {copy.source} takes nothing")
    digests = platform.context_digests
    record.observe(
        copies=copies,
        copied_files=[
            {"path": path, "sha256": digests[path], "image_paths": list(places)}
            for path, places in platform.copied.items()
        ],
        copied_tree_digest=platform.tree_digest(platform.copied),
    )
    record.require(bool(copies), "no-copy", f"{platform.dockerfile.path}: nothing of the context is copied")
    record.require(not beyond, "copy-beyond-contract", *beyond)


@check("m1a.boundary.context-within-contract")
def test_nothing_else_enters_the_context(platform: Platform, contract: Contract, record: Record) -> None:
    """Every file of the context belongs to an include path."""
    context, digests = platform.context, platform.context_digests
    record.observe(
        ignore_file=context.ignore.place if context.ignore else None,
        context_files=len(context.files),
        context_bytes=sum(context.sizes.values()),
        context_tree_digest=platform.tree_digest(context.files),
        files=[{"path": path, "sha256": digests[path], "size": context.sizes[path]} for path in context.files],
    )
    strangers = {path for path in context.files if not any(covers(include, path) for include in contract.includes)}
    require_none(platform, record, "context-beyond-contract", strangers)


@check("m1a.boundary.context-taken")
def test_every_context_file_is_taken(platform: Platform, contract: Contract, record: Record) -> None:
    """Every file of the context is taken by an instruction of the final image, or is one that need not be."""
    spared = [include for include in contract.includes if not include.copied]
    untaken = {
        path
        for path in platform.context.files
        if path not in platform.taken and not any(covers(include, path) for include in spared)
    }
    record.observe(untaken_files=len(untaken))
    require_none(platform, record, "context-untaken", untaken)


@check("m1a.boundary.learning-module")
def test_learning_module_is_packaged(row: Entrypoint, platform: Platform, record: Record) -> None:
    """The source file of each learning module is copied into the image."""
    module = row.module.replace(".", "/")
    sources = (f"/{module}.py", f"/{module}/__main__.py")
    found = sorted(path for path in platform.copied if f"/{path}".endswith(sources))
    record.observe(module_path=found[0] if found else None, handle=row.handle)
    here = next((path for path in platform.context.files if f"/{path}".endswith(sources)), None)
    fix = f"write in the final stage of {platform.dockerfile.path}: COPY {here} {here}" if here else ""
    record.require(bool(found), "learning-module-absent", f"{row.module}: no copied file holds it", fix=fix)


@check("m1a.boundary.learning-handle")
def test_learning_handle_is_pinned(row: Entrypoint, platform: Platform, record: Record) -> None:
    """Each learning handle is among the registry's entrypoint handles."""
    names = [handle.key for handle in platform.handles.entrypoints]
    record.observe(handle=row.handle)
    fix = f"write in section 6.4 of {platform.handles.path}: * `{row.handle}`"
    found = f"{platform.handles.path}: {row.handle} is not there"
    record.require(row.handle in names, "learning-handle-absent", found, fix=fix)
