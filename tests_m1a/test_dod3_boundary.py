"""M1.A, box 3: the content boundary is explicit and auditable."""

from packaging_readiness.checkout.archives import archive_members
from packaging_readiness.checkout.offending import offending_trees
from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.tables import Entrypoint, Include
from packaging_readiness.plugin.check import Record, check
from packaging_readiness.plugin.ignore_advice import copies, described, narrowed, shut_out, unopened
from packaging_readiness.plugin.platform import Platform


def included(include: Include, platform: Platform) -> list[str]:
    """Context files of one include path."""
    return [path for path in platform.context.files if include.covers(path)]


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
    found, fix = ("", "") if files else shut_out(platform, row)
    record.require(bool(files), "include-not-in-context", found, fix=fix)


@check("m1a.boundary.include-copied")
def test_include_is_copied(row: Include, platform: Platform, record: Record) -> None:
    """Each file of an include path is taken by a COPY or ADD of the final image."""
    files = included(row, platform)
    left = [path for path in files if path not in platform.copied]
    record.observe(path=row.id, files_count=len(files) - len(left))
    found, fix = ("", "") if files else shut_out(platform, row)
    record.require(bool(files), "include-not-in-context", found, fix=fix)
    fix = "; ".join(copies(platform, [row]))
    record.require(not left, "include-not-copied", *(f"{path}: no COPY takes it" for path in left), fix=fix)


@check("m1a.boundary.copy-maps-to-include")
def test_copies_map_to_includes(platform: Platform, contract: Contract, record: Record) -> None:
    """Each COPY, ADD and bind mount takes only files of include paths that may be copied, and writes none itself."""
    allowed = [include for include in contract.includes if include.copied]
    beyond, taken = [], []
    for copy in platform.copies.sources:
        if copy.kind == "heredoc":
            beyond.append(
                f"{platform.dockerfile.path}:{copy.line}: {copy.instruction} {copy.source} is no include path"
            )
        if copy.kind not in ("context", "mount") or copy.onbuild:
            continue
        taken.append({"line": copy.line, "stage": copy.stage_name or str(copy.stage), "source": copy.source})
        strangers = [path for path, _ in copy.files if not any(include.covers(path) for include in allowed)]
        place = f"{platform.dockerfile.path}:{copy.line}"
        beyond += [f"{place}: {copy.instruction} {copy.source} takes {path}" for path in strangers]
        if copy.instruction == "ADD":
            packed = [path for path in dict(copy.files) if archive_members(platform.context_root / path) is not None]
            beyond += [f"{place}: ADD unpacks {path}, whose content no ignore file sees: use COPY" for path in packed]
        if not copy.files and copy.problem is None:
            beyond.append(f"{place}: {copy.instruction} {copy.source} takes nothing")
    digests = platform.context_digests
    record.observe(
        copies=taken,
        copied_files=[
            {"path": path, "sha256": digests[path], "image_paths": list(places)}
            for path, places in platform.copied.items()
        ],
        copied_tree_digest=platform.tree_digest(platform.copied),
    )
    record.require(bool(taken), "no-copy", f"{platform.dockerfile.path}: nothing of the context is copied")
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
    strangers = {path for path in context.files if not any(include.covers(path) for include in contract.includes)}
    trees = offending_trees(context, strangers)
    fix = narrowed(platform, trees)
    record.require(not trees, "context-beyond-contract", *described(platform, trees), fix=fix)


@check("m1a.boundary.context-taken")
def test_every_context_file_is_taken(platform: Platform, contract: Contract, record: Record) -> None:
    """Every file of the context is taken by an instruction of the final image, or is one that need not be."""
    spared = [include for include in contract.includes if not include.copied]
    untaken = {
        path
        for path in platform.context.files
        if path not in platform.taken and not any(include.covers(path) for include in spared)
    }
    record.observe(untaken_files=len(untaken))
    needed = [row for row in contract.includes if row.copied and any(row.covers(path) for path in untaken)]
    fix = "; ".join([*copies(platform, needed), *unopened(platform, needed, untaken)])
    found = described(platform, offending_trees(platform.context, untaken))
    record.require(not untaken, "context-untaken", *found, fix=fix)


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
