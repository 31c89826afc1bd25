"""M1.A, box 4: no local-only or runtime-irrelevant payload is in the authoritative build context."""

import hashlib
from contextlib import suppress

from packaging_readiness.checkout.broad import broad_ingestions
from packaging_readiness.checkout.build_images import build_images
from packaging_readiness.checkout.dockerfile_second import second_opinion
from packaging_readiness.checkout.engine_differences import engine_differences
from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.model import Contract
from packaging_readiness.contract.tables import Exclude
from packaging_readiness.plugin.check import CheckFailed, Record, check
from packaging_readiness.plugin.ignore_advice import kept_out, let_in
from packaging_readiness.plugin.platform import Platform


@check("m1a.payload.exclude-stays-out")
def test_exclude_stays_out(row: Exclude, platform: Platform, record: Record) -> None:
    """Nothing of an exclude surface is in the context, and synthetic paths of it would not enter either."""
    entered = [probe for probe in row.probes if platform.context.would_enter(probe)]
    entered += [path for path in platform.context.files if path not in entered and row.covers(path)]
    record.observe(surface=row.id, probes=list(row.probes), entered=entered)
    found, fix = let_in(platform, entered), kept_out(platform, row, entered)
    record.require(not entered, "exclude-enters", *found, fix=fix)


@check("m1a.payload.no-broad-copy")
def test_no_broad_ingestion(platform: Platform, record: Record) -> None:
    """No COPY, ADD or bind mount takes the whole context, however it is spelled."""
    broad = broad_ingestions(platform.dockerfile, platform.context, {})
    record.observe(broad_ingestions=[{"line": b.line, "spelling": f"{b.instruction} {b.spelling}"} for b in broad])
    path = platform.dockerfile.path
    found = [f"{path}:{b.line}: {b.instruction} {b.spelling}: {b.why}" for b in broad]
    copies = [f"COPY {include.id} {include.id}" for include in platform.contract.includes if include.copied]
    fix = f"write one COPY per include path in place of it: {'; '.join(copies)}"
    record.require(not broad, "broad-copy", *found, fix=fix)


@check("m1a.payload.default-deny")
def test_ignore_file_denies_by_default(platform: Platform, record: Record) -> None:
    """The ignore file keeps out whatever it does not re-open."""
    ignore, root, dockerfile = platform.context.ignore, platform.root, platform.contract.image.dockerfile
    record.observe(
        ignore_file=ignore.place if ignore else None,
        default_deny=platform.context.is_default_deny(),
        context_files=len(platform.context.files),
        context_tree_digest=platform.tree_digest(platform.context.files),
    )
    if ignore is None:
        raise CheckFailed("no-ignore-file", f"{platform.contract.image.context}: there is no .dockerignore")
    seconds = {".containerignore": platform.context_root, f"{dockerfile}.containerignore": root}
    others = [name for name, folder in seconds.items() if (folder / name).exists()]
    fix = "delete it: some engines read it in place of the ignore file"
    record.require(not others, "second-ignore-file", *(f"{name}: a second ignore file" for name in others), fix=fix)
    data = platform.read(ignore.place)
    record.observe(ignore_file_digest="sha256:" + hashlib.sha256(data).hexdigest())
    opened = " ".join(f"!{include.id}" for include in platform.contract.includes)
    fix = f"write in {ignore.place}, first line: ** and after it, one a line: {opened}"
    found = f"{ignore.place}: lets in what it does not name"
    record.require(platform.context.is_default_deny(), "not-default-deny", found, fix=fix)


@check("m1a.payload.dockerfile-unambiguous")
def test_both_readers_agree(platform: Platform, record: Record) -> None:
    """The builder's grammar and a second, independent reader see the same instructions."""
    try:
        dockerfile = platform.dockerfile
    except InputRefused as refused:
        raise CheckFailed("dockerfile-refused", *str(refused).splitlines()) from None
    differing = second_opinion(dockerfile)
    record.observe(handles_compared=len(dockerfile.instructions))
    found = [f"{dockerfile.path}:{d.line}: builder reads {d.builder!r}, the other {d.other!r}" for d in differing]
    record.require(not differing, "dockerfile-ambiguous", *found)


@check("m1a.advisory.base-pinned")
def test_base_image_is_pinned(platform: Platform, contract: Contract, record: Record) -> None:
    """Each image of the build is a digest reference, or supplied whole by the contract's build argument."""
    supplied = contract.image.base_argument
    loose = [
        image
        for image in build_images(platform.dockerfile, platform.stages)
        if not image.pinned and (image.argument is None or image.argument != supplied)
    ]
    found = [f"{platform.dockerfile.path}:{image.line}: {image.spelling} is not pinned by digest" for image in loose]
    fix = "; ".join(f"write {image.spelling}@sha256:<its digest>" for image in loose)
    record.require(not loose, "base-not-pinned", *found, fix=fix)


@check("m1a.advisory.no-remote-add")
def test_no_remote_add(platform: Platform, record: Record) -> None:
    """No ADD takes a URL."""
    adds = set(platform.stages.remote_adds())
    with suppress(InputRefused):  # then the sources are not known with their variables, and other checks are red
        adds |= {(copy.line, copy.source) for copy in platform.copies.sources if copy.kind == "remote"}
    remote = [f"{platform.dockerfile.path}:{line}: ADD {source}" for line, source in sorted(adds)]
    record.require(not remote, "remote-add", *remote)


@check("m1a.advisory.non-root-user")
def test_final_user_is_not_root(platform: Platform, record: Record) -> None:
    """The final stage sets a USER that is not root."""
    user = platform.stages.final_user()
    name = (user or "root").partition(":")[0].lstrip("+").lstrip("0")
    record.require(
        name not in ("root", "") and "$" not in name,
        "runs-as-root",
        f"{platform.dockerfile.path}: the final USER is {user or 'not set'}",
        fix=f"write at the end of {platform.dockerfile.path}: USER 10001:10001",
    )


@check("m1a.advisory.engines-agree")
def test_engines_read_the_ignore_file_alike(platform: Platform, record: Record) -> None:
    """Every engine sends the same files: the ignore file holds no pattern that some of them read differently."""
    ignore = platform.context.ignore
    differing = engine_differences(ignore, platform.context.files) if ignore else ()
    record.observe(engine_differences=[{"line": each.line, "note": each.why} for each in differing])
    place = ignore.place if ignore else ""
    record.require(not differing, "engines-differ", *(f"{place}:{each.line}: {each}" for each in differing))
