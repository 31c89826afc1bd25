"""Archives that ADD unpacks instead of copying."""

from pathlib import Path

from packaging_readiness.checkout.builder_paths import clean

_ZSTD = b"\x28\xb5\x2f\xfd"


def archive_members(file: Path) -> tuple[str, ...] | None:
    """Paths, relative and cleaned, of what a tar archive (plain, gzip, bzip2, xz) holds, directories apart.

    None when the file is no archive. Raises ValueError for zstd, which may be one and cannot be looked into, and for
    an archive that breaks off.
    """
    try:
        with file.open("rb") as stream:
            if stream.read(4) == _ZSTD:
                raise ValueError("a zstd file may be an archive that ADD unpacks: use COPY, or another compression")
    except OSError:
        raise ValueError("the source cannot be read") from None
    import tarfile

    # Each decompressor has errors of its own; whatever they are, they mean the same here.
    try:
        archive = tarfile.open(file)  # noqa: SIM115 (a failure to open has another meaning than one further on)
    except Exception:
        return None
    with archive:
        try:
            members = tuple(clean("/" + each.name).strip("/") for each in archive if not each.isdir())
        except Exception:
            raise ValueError("the archive breaks off") from None
    return members or None
