"""What a stage's file system holds after files, directories, links and archives have been put there."""

import pytest

from packaging_readiness.checkout.archives import Member
from packaging_readiness.checkout.context_tree import NotResolved, follow
from packaging_readiness.checkout.image_tree import ImageTree, destination
from packaging_readiness.checkout.landing import land_archive, land_file


def tree(*names: str, **links: str) -> ImageTree:
    """Directories end with a slash; parents come by themselves."""
    found = ImageTree()
    for name in names:
        if name.endswith("/"):
            found.make_directory(name[:-1])
        else:
            found.put(name, None)
    for name, target in links.items():
        found.put(name.replace("__", "/"), target)
    return found


def shown(image: ImageTree) -> tuple[list[str], list[str], dict[str, str]]:
    return sorted(image.directories), sorted(image.files), image.links


def test_a_base_image_has_the_usual_directories_and_an_empty_one_none() -> None:
    base = ImageTree.of_base(False)
    for path in ("", "bin", "etc", "usr", "usr/local/bin", "usr/share", "var/log", "var/tmp", "tmp"):
        assert base.is_directory(path)
    assert (base.is_directory("app"), base.files, base.links) == (False, set(), {})
    assert ImageTree.of_base(True) == ImageTree()
    assert ImageTree().is_directory("")


def test_a_copied_tree_is_one_of_its_own() -> None:
    image = tree("a/b", c="d")
    other = image.copy()
    assert other == image
    other.put("a/x", None)
    other.make_directory("y")
    other.remove("c")
    assert shown(image) == (["a"], ["a/b"], {"c": "d"})


def test_parents_are_made_and_what_is_there_stays() -> None:
    image = tree("a/b/c/")
    assert shown(image) == (["a", "a/b", "a/b/c"], [], {})
    image.make_directory("a/b/c")
    image.make_directory("")
    assert shown(image) == (["a", "a/b", "a/b/c"], [], {})


@pytest.mark.parametrize("path", ["f", "f/x", "a/f/x/y", "l", "l/x"])
def test_no_directory_is_made_over_a_file_or_link(path: str) -> None:
    with pytest.raises(NotResolved, match="non-directory"):
        tree("f", "a/f", l="x").make_directory(path)


def test_a_file_replaces_a_file_or_link_and_a_link_too() -> None:
    image = tree("a/f", "g", l="x")
    image.put("l", None)
    image.put("g", "y")
    image.put("a/f", None)
    assert shown(image) == (["a"], ["a/f", "l"], {"g": "y"})
    for path in ("", "a"):
        with pytest.raises(NotResolved, match="cannot replace"):
            image.put(path, None)


def test_a_path_follows_the_links_of_the_image() -> None:
    image = tree("a/", l="a", up="../../a/./b", full="/a", a__m="../l")
    assert [image.resolve(path) for path in ("l/x", "up/x", "full", "a/m/x", "q/../l", "")] == [
        *("a/x", "a/b/x", "a", "a/x", "a", ""),
    ]
    with pytest.raises(NotResolved, match="too many"):
        tree(l="l").resolve("l/x")


def test_what_is_removed_takes_along_what_is_below_and_nothing_beside() -> None:
    image = tree("a/b/c", "a/bc", "ab/c", "f", "a/b/d/", a__b__l="x", a__k="y", l="z")
    image.remove("a/b")
    assert shown(image) == (["a", "ab"], ["a/bc", "ab/c", "f"], {"a/k": "y", "l": "z"})
    image.remove("f")
    image.remove("l")
    image.remove("none")
    assert shown(image) == (["a", "ab"], ["a/bc", "ab/c"], {"a/k": "y"})


def test_of_two_trees_the_upper_one_stays() -> None:
    image = tree("d/x", "e/x", "f", "g", l="x", m="x")
    image.lay_over(tree("d", "f/y", "g", "n/", "l/", e="up"))
    assert shown(image) == (["f", "l", "n"], ["d", "f/y", "g"], {"m": "x", "e": "up"})


@pytest.mark.parametrize(
    ("workdir", "dest", "found"),
    [
        (None, "/", "/"),
        (None, "/a", "/a"),
        (None, "/a/", "/a/"),
        (None, "/a/.", "/a/"),
        (None, "/a/..", "/"),
        (None, "/a//b", "/a/b"),
        (None, "/a.", "/a."),
        ("/w", "a", "/w/a"),
        ("/w", "a/", "/w/a/"),
        ("/w", ".", "/w/"),
        ("/w", "", "/w/"),
        ("/w", "..", "/"),
        ("/w/v", "..", "/w"),
        ("/", ".", "/"),
        ("/w", "/a", "/a"),
    ],
)
def test_where_a_copy_goes(workdir: str | None, dest: str, found: str) -> None:
    assert destination(workdir, dest) == found


def test_a_destination_that_no_kernel_takes_or_that_is_not_known() -> None:
    assert len(destination(None, "/" + "é" * 2047)) == 2048
    for bad in ("/" + "é" * 2047 + "x", "/" + "\udc80" * 4095):
        with pytest.raises(ValueError, match="4095"):
            destination(None, bad)
    for dest in ("", ".", "a"):
        with pytest.raises(NotResolved, match="relative"):
            destination(None, dest)


@pytest.mark.parametrize(
    ("target", "place"),
    [("/q", "q"), ("/q/", "q/n"), ("/d", "d/n"), ("/d/", "d/n"), ("/", "n"), ("/l", "d/n"), ("/l/x", "d/x")],
)
def test_where_a_file_lands(target: str, place: str) -> None:
    image = tree("d/", l="d")
    assert land_file("n", target, image) == place
    assert place in image.files


@pytest.mark.parametrize("target", ["/f/", "/f/x", "/d/s"])
def test_a_file_lands_neither_below_a_file_nor_over_a_directory(target: str) -> None:
    with pytest.raises(NotResolved):
        land_file("n", target, tree("f", "d/s/n/"))


@pytest.mark.parametrize(
    ("members", "target", "files", "links"),
    [
        ([Member("", "directory"), Member("a", "file")], "/", ["a", "f", "s/f"], {"k": "s"}),
        ([Member("a/b", "file"), Member("a", "directory")], "/o/", ["f", "o/a/b", "s/f"], {"k": "s"}),
        # A link on the way to the target, and one on the way below it, whose root is the target
        ([Member("a", "file")], "/k", ["f", "s/a", "s/f"], {"k": "s"}),
        ([Member("s/l", "link", "/f"), Member("s/l/b", "file")], "/", None, {}),
        ([Member("d", "directory"), Member("l", "link", "/d"), Member("l/b", "file")], "/o", None, {}),
        # A member replaces what is there, but for a directory over a directory
        ([Member("s", "directory")], "/", ["f", "s/f"], {"k": "s"}),
        ([Member("s", "file")], "/", ["f", "s"], {"k": "s"}),
        ([Member("s", "link", "f")], "/", ["f"], {"k": "s", "s": "f"}),
        ([Member("f", "directory")], "/", ["s/f"], {"k": "s"}),
        ([Member("k", "directory")], "/", ["f", "s/f"], {}),
        # A hard link is to a file or link of the archive or below the target
        ([Member("h", "hard link", "f")], "/", ["f", "h", "s/f"], {"k": "s"}),
        ([Member("h", "hard link", "/f")], "/s", ["f", "s/f", "s/h"], {"k": "s"}),
        ([Member("h", "hard link", "../k")], "/", ["f", "h", "s/f"], {"k": "s"}),
    ],
)
def test_members_of_an_archive(
    members: list[Member], target: str, files: list[str] | None, links: dict[str, str]
) -> None:
    image = tree("f", "s/f", k="s")
    if files is None:
        files = ["f", "o/d/b", "s/f"] if target == "/o" else []
        links = {"k": "s", "o/l": "/d"}
        if target == "/":
            with pytest.raises(NotResolved, match="no directory"):
                land_archive("t", tuple(members), target, image)
            return
    landed = land_archive("t", tuple(members), target, image)
    assert (sorted(image.files), image.links) == (files, links)
    placed = [member for member in members if member.path and member.kind != "directory"]
    assert [source for source, _ in landed] == ["t"] * len(placed)


@pytest.mark.parametrize("target", ["s", "none", "/", "../s", ""])
def test_a_hard_link_to_no_file_is_refused(target: str) -> None:
    with pytest.raises(NotResolved, match="hard link"):
        land_archive("t", (Member("h", "hard link", target),), "/", tree("f", "s/f"))


def test_places_of_members_in_their_order() -> None:
    members = (Member("b", "file"), Member("d", "directory"), Member("d/a", "link", "x"), Member("c/x/y", "file"))
    assert land_archive("t", members, "/o/p", tree()) == [("t", "o/p/b"), ("t", "o/p/d/a"), ("t", "o/p/c/x/y")]


def test_the_top_of_an_archive_is_its_target() -> None:
    image = tree()
    assert land_archive("t", (Member("", "directory"),), "/o/", image) == []
    assert image.directories == {"o"}
    members = (Member("l", "link", "."), Member("l/x", "file"))
    assert land_archive("t", members, "/o", image) == [("t", "o/l"), ("t", "o/x")]


def test_a_member_that_a_file_stands_in_the_way_of() -> None:
    with pytest.raises(NotResolved, match="non-directory"):
        land_archive("t", (Member("f/x", "file"),), "/", tree("f"))


LINKS = {"l": "a/b", "a/up": "..", "a/out": "../../q", "abs": "/a", "chain": "l/c", "dot": "./a//b/."}


@pytest.mark.parametrize(
    ("path", "found", "passed"),
    [
        ("", "", ()),
        ("x/y", "x/y", ()),
        ("/x//./y/", "x/y", ()),
        ("l", "a/b", ("l",)),
        ("l/x", "a/b/x", ("l",)),
        ("x/l", "x/l", ()),
        ("a/up/x", "x", ("a/up",)),
        ("a/up/l", "a/b", ("a/up", "l")),
        ("chain", "a/b/c", ("chain", "l")),
        ("dot/x", "a/b/x", ("dot",)),
        ("x/../l", "a/b", ("l",)),
    ],
)
def test_a_path_with_its_links_followed(path: str, found: str, passed: tuple[str, ...]) -> None:
    for may_leave in (True, False):
        assert follow(path, LINKS, may_leave=may_leave) == (found, passed)


@pytest.mark.parametrize(
    ("path", "found"), [("a/out/x", "q/x"), ("abs/x", "a/x"), ("x/abs", "x/abs"), ("..", ""), ("l/abs", "a/b/abs")]
)
def test_a_path_that_leaves_the_root(path: str, found: str) -> None:
    assert follow(path, LINKS, may_leave=True)[0] == found
    if path in ("a/out/x", "abs/x", ".."):
        with pytest.raises(NotResolved, match="leaves the root"):
            follow(path, LINKS, may_leave=False)


def test_a_path_passes_at_most_255_links() -> None:
    links = {f"l{at}": f"l{at + 1}" for at in range(255)}
    assert len(follow("l0", links, may_leave=False)[1]) == 255
    with pytest.raises(NotResolved, match="too many"):
        follow("l0", links | {"l255": "x"}, may_leave=False)
    # Without any link nothing above the root is looked for.
    assert follow("a/b/./c", {}, may_leave=False) == ("a/b/c", ())
    with pytest.raises(NotResolved):
        follow("../a", {}, may_leave=False)
