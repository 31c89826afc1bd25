"""What a stage's file system is known to hold, so that a COPY lands where the builder would put it.

Known is what the Dockerfile itself puts there. What RUN and a base image create is not; of a base image only the usual
directories are taken for granted. A file copied to such an unknown path without a trailing slash is taken to land at
that very path.
"""

from dataclasses import dataclass, field

from packaging_readiness.checkout.builder_paths import clean
from packaging_readiness.checkout.context_tree import NotResolved, follow

_USUAL = (
    "bin boot dev etc home lib lib64 media mnt opt proc root run sbin srv sys tmp usr var"
    " usr/bin usr/include usr/lib usr/local usr/sbin usr/share usr/src"
    " usr/local/bin usr/local/etc usr/local/include usr/local/lib usr/local/sbin usr/local/share usr/local/src"
    " var/cache var/lib var/log var/tmp"
)

_MAX_PATH = 4095


@dataclass
class ImageTree:
    """Directories, files and links of one stage; paths without leading slash, "" is the root."""

    directories: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    links: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_base(cls, scratch: bool) -> "ImageTree":
        return cls() if scratch else cls(directories=set(_USUAL.split()))

    def copy(self) -> "ImageTree":
        return ImageTree(set(self.directories), set(self.files), dict(self.links))

    def is_directory(self, path: str) -> bool:
        return path == "" or path in self.directories

    def resolve(self, path: str) -> str:
        """A path with the image's own links followed. Raises NotResolved when they loop."""
        return follow(path, self.links, may_leave=True)[0]

    def make_directory(self, path: str) -> None:
        """Create a directory and its parents. Raises NotResolved where a file or link is in the way."""
        while path and path not in self.directories:
            if path in self.files or path in self.links:
                raise NotResolved(f"cannot copy to non-directory: /{path}")
            self.directories.add(path)
            path = path.rpartition("/")[0]

    def put(self, path: str, link: str | None) -> None:
        """Place a file, or a link to `link`, replacing a file or link. Raises NotResolved over a directory."""
        if self.is_directory(path):
            raise NotResolved(f"cannot replace directory /{path} with a file")
        self.make_directory(path.rpartition("/")[0])
        self.files.discard(path)
        self.links.pop(path, None)
        if link is None:
            self.files.add(path)
        else:
            self.links[path] = link

    def remove(self, path: str) -> None:
        """Take away whatever stands at a path."""
        self.files.discard(path)
        self.links.pop(path, None)
        if path in self.directories:
            self._drop_directory(path)

    def lay_over(self, other: "ImageTree") -> None:
        """Lay another tree over this one; where the two differ in kind, the other one's entry stays."""
        for path in (*other.files, *other.links):
            self.remove(path)
        for path in other.directories:
            self.files.discard(path)
            self.links.pop(path, None)
        self.directories |= other.directories
        self.files |= other.files
        self.links |= other.links

    def _drop_directory(self, directory: str) -> None:
        prefix = directory + "/"
        self.directories = {each for each in self.directories if not f"{each}/".startswith(prefix)}
        self.files = {each for each in self.files if not each.startswith(prefix)}
        self.links = {each: target for each, target in self.links.items() if not each.startswith(prefix)}


def destination(workdir: str | None, dest: str) -> str:
    """The absolute destination of a COPY, with "/" at its end when it must be a directory.

    `workdir` is None when it is not known; then a relative destination raises NotResolved. ValueError for a path that
    no kernel takes.
    """
    if dest.startswith("/"):
        path = clean(dest)
    elif workdir is None:
        raise NotResolved("relative destination, and the working directory of the base image is not known")
    else:
        path = clean(f"{workdir}/{dest}")
    if len(path.encode("utf-8", "surrogateescape")) > _MAX_PATH:
        raise ValueError("a path of more than 4095 bytes in the image")
    as_directory = dest in ("", ".") or dest.endswith(("/", "/."))
    return path if path == "/" or not as_directory else path + "/"
