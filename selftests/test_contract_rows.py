"""Rows and settings of a contract: what each takes, what it refuses, and which files a surface covers."""

import copy
import pickle
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest

from packaging_readiness.contract.demands import demand, demand_relative
from packaging_readiness.contract.errors import CannotTell, InputRefused, ReadinessError
from packaging_readiness.contract.settings import Documents, ImageRules, RowRules, WorkflowRules
from packaging_readiness.contract.tables import (
    AcceptedFinding,
    Blocker,
    Condition,
    Entrypoint,
    EvidenceObject,
    Exclude,
    Include,
    ProvenanceField,
    SecretPath,
    Subcommand,
    row_by_id,
)


@pytest.mark.parametrize(
    ("include", "path", "covered"),
    [
        (Include("src"), "src", True),
        (Include("src"), "src/a.py", False),
        (Include("src"), "srcs", False),
        (Include("src", recursive=True), "src", True),
        (Include("src", recursive=True), "src/a.py", True),
        (Include("src", recursive=True), "src/a/b.py", True),
        (Include("src", recursive=True), "srcs", False),
        (Include("src", recursive=True), "srcs/a.py", False),
        (Include("src", recursive=True), "a/src/b.py", False),
        (Include("src/", recursive=True), "src/a.py", True),
        (Include("src/", recursive=True), "src", False),
        (Include("/a".lstrip("/"), recursive=True), "b", False),
    ],
)
def test_include_covers_itself_and_what_is_below_it(include: Include, path: str, covered: bool) -> None:
    assert include.covers(path) is covered


def test_include_is_one_file_that_is_copied_unless_it_says_otherwise() -> None:
    assert (Include("a").recursive, Include("a").copied) == (False, True)


@pytest.mark.parametrize(
    ("surface", "path", "covered"),
    [
        (".env", ".env", True),
        (".env", ".ENV", True),
        (".ENV", ".env", True),
        (".env", "a/b/.env", True),
        (".env", ".env/a", True),
        (".env", "a/.env/b", True),
        (".env", ".envs", False),
        (".env", "a.env", False),
        ("*.pem", "a/b.pem", True),
        ("*.pem", "a/b.pem/c", True),
        ("*.pem", "a/b.pems", False),
        ("a/b", "a/b", True),
        ("a/b", "x/a/b/y", True),
        ("a/b", "a/x/b", False),
        ("a/b", "b", False),
        ("a/b", "a", False),
        ("a/b", "b/a", False),
        ("a/*", "x/a/b", True),
        ("a/b/", "x/a/b", True),
        ("a/b/", "a", False),
        ("cache/", "cache", True),
        ("a/b/c", "a/b", False),
        ("key files", "key files", False),
        ("key files", "a/key files/b", False),
    ],
)
def test_exclude_covers_a_path_at_any_depth_and_in_any_case(surface: str, path: str, covered: bool) -> None:
    assert Exclude(surface, ("probe",)).covers(path) is covered


@pytest.mark.parametrize("path", ["a", "a/b", "a/", "a/b/", "..a", "a..", "a/..b", ".", "./a", "a//b", " "])
def test_path_below_the_root_is_taken(path: str) -> None:
    demand_relative(path)


@pytest.mark.parametrize(
    "path", ["", "/", "//", "/a", "/a/", "..", "../", "..//", "../a", "a/..", "a/../", "a/../b", "a\x00b", "\x00"]
)
def test_path_that_leaves_the_root_is_refused(path: str) -> None:
    said = f"^{re.escape(repr(path))} is not a path relative to"
    with pytest.raises(ValueError, match=said):
        demand_relative(path)
    with pytest.raises(ValueError, match=said):
        Include(path)
    with pytest.raises(ValueError, match=said):
        Exclude("surface", ("good", path))


def test_demand_is_met_or_refused() -> None:
    demand(condition=True, message="never")
    with pytest.raises(ValueError, match=r"^told$"):
        demand(condition=False, message="told")


def test_surface_has_at_least_one_probe() -> None:
    assert Exclude("a", ("b",)).probes == ("b",)
    with pytest.raises(ValueError, match="without probes"):
        Exclude("a", ())


@pytest.mark.parametrize("module", ["a", "_a", "A.b_1", "a.b.c", "é".replace("é", "e")])
def test_name_of_a_module_is_taken(module: str) -> None:
    assert Entrypoint("a", "ENTRYPOINT_A", "m", module, ()).module == module


@pytest.mark.parametrize("module", ["", "1a", "a.", ".a", "a..b", "a.1", "a b", "a-b", "a.b\n", "a/b", "x a.b"])
def test_what_is_no_module_is_refused(module: str) -> None:
    with pytest.raises(ValueError, match="is not a module name"):
        Entrypoint("a", "ENTRYPOINT_A", "m", module, ())


@pytest.mark.parametrize("handle", ["", "A", "entrypoint_a", "ENTRYPOINT", "XENTRYPOINT_A", "A_ENTRYPOINT_"])
def test_handle_of_an_entrypoint_says_so(handle: str) -> None:
    with pytest.raises(ValueError, match="is not an entrypoint handle"):
        Entrypoint("a", handle, "m", "a.b", ())


OPTIONS: dict[str, Callable[[str], object]] = {
    "required": lambda option: Entrypoint("a", "ENTRYPOINT_A", "m", "a.b", ("--good", option)),
    "optional": lambda option: Entrypoint("a", "ENTRYPOINT_A", "m", "a.b", (), (option,)),
    "required-of-subcommand": lambda option: Subcommand("a", "b", "c", (option,)),
    "optional-of-subcommand": lambda option: Subcommand("a", "b", "c", (), ("--good", option)),
    "placeholder": lambda option: RowRules("p", "--profile", "--event", 1.0, {"--good": "x", option: "y"}),
}


@pytest.mark.parametrize("made", sorted(OPTIONS))
def test_options_are_long(made: str) -> None:
    OPTIONS[made]("--profile")
    for option in ("", "-p", "profile", "profile--", " --profile"):
        with pytest.raises(ValueError, match="is not a long option"):
            OPTIONS[made](option)


@pytest.mark.parametrize(
    ("timeout_s", "taken"),
    [(0, False), (-1, False), (0.001, True), (0.5, True), (1, True), (3600, True), (3600.001, False), (3601, False)],
)
def test_time_of_a_row_is_more_than_nothing_and_at_most_an_hour(timeout_s: float, taken: bool) -> None:
    if taken:
        assert RowRules("p", "--profile", "--event", timeout_s).placeholders == {}
        return
    with pytest.raises(ValueError, match="timeout_s is between 0 and 3600 seconds"):
        RowRules("p", "--profile", "--event", timeout_s)


@pytest.mark.parametrize("name", ["registry", "plan", "master_plan", "run_process", "design_authority"])
def test_documents_stand_below_the_root(name: str) -> None:
    documents = Documents(*("a", "b", "c", "d", "e"))
    with pytest.raises(ValueError, match=r"^'\.\./x' is not a path"):
        replace(documents, **{name: "../x"})


def test_image_is_built_from_below_the_root() -> None:
    image = ImageRules("s", "docker/Dockerfile", ".", "linux/amd64", ())
    assert (image.base_argument, image.base_candidates) == (None, ())
    with pytest.raises(ValueError, match=r"^'/Dockerfile' is not a path"):
        replace(image, dockerfile="/Dockerfile")
    with pytest.raises(ValueError, match=r"^'\.\.' is not a path"):
        replace(image, context="..")


def test_workflow_is_below_the_root_and_its_step_is_an_expression() -> None:
    rules = WorkflowRules("a.yml", "main", (), "scan|audit", {})
    with pytest.raises(ValueError, match=r"^'/a\.yml' is not a path"):
        replace(rules, path="/a.yml")
    for step in ("(", "(a{1,99999999999})", "(" * 3000 + ")" * 3000):
        with pytest.raises(ValueError, match=r"^security_step is not a regular expression"):
            replace(rules, security_step=step)


@pytest.mark.parametrize(
    ("path", "taken"), [("/a/b", True), ("/", True), ("a/b", False), ("a/", False), ("", False), ("/a=b", False)]
)
def test_secret_path_is_absolute_and_never_a_value(path: str, taken: bool) -> None:
    if taken:
        assert SecretPath(path).id == path
        return
    with pytest.raises(ValueError, match="a secret path starts with /"):
        SecretPath(path)


def test_field_of_the_provenance_has_a_shape_of_evidence() -> None:
    for shape in ("digest", "word", "count", "number", "flag"):
        assert ProvenanceField("a", shape).handle is None
    for shape in ("", "object", "Digest"):
        with pytest.raises(ValueError, match="is not a shape of evidence"):
            ProvenanceField("a", shape)


@pytest.mark.parametrize(
    ("expires", "taken"),
    [
        *(("2026-03-31", True), ("2028-02-29", True), ("9999-12-31", True), ("0001-01-01", True)),
        *(
            ("", False),
            ("never", False),
            ("z", False),
            ("2026-02-30", False),
            ("2026-3-31", False),
            ("20260331", False),
        ),
        *(("2026-W14-2", False), ("2026-03-31T00:00:00Z", False), ("2026-03-31\n", False), ("\uff12026-03-31", False)),
    ],
    ids=count(),
)
def test_finding_is_accepted_until_a_day_of_the_calendar(expires: str, taken: bool) -> None:
    if taken:
        assert AcceptedFinding("a", "r", "f", "why", "who", expires).expires == expires
        return
    with pytest.raises(ValueError, match="expires is a day like"):
        AcceptedFinding("a", "r", "f", "why", "who", expires)


def test_condition_is_about_checks_or_blockers() -> None:
    assert Condition("a", "t", checks=("c",)).blockers == ()
    assert Condition("a", "t", blockers=("b",)).checks == ()
    with pytest.raises(ValueError, match="without checks or blockers"):
        Condition("a", "t", blocker="M1-B1")


def test_object_is_mandatory_only_if_it_says_so() -> None:
    assert EvidenceObject("a", "m1a", ()).mandatory is False
    assert Entrypoint("a", "ENTRYPOINT_A", "m", "a.b", ()).learning is False


def test_row_is_found_by_its_whole_id() -> None:
    rows = tuple(Blocker(name, "m1a", "S1", name * 2) for name in ("a", "b", "c", "b"))
    assert row_by_id(rows, "b") is rows[1]
    assert row_by_id(rows, "c").trigger == "cc"
    for name in ("", "d", "A"):
        with pytest.raises(KeyError):
            row_by_id(rows, name)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ReadinessError("a.md:3", "is wrong", "mend it"), "a.md:3: is wrong\n  fix: mend it"),
        (ReadinessError("a.md:3", "is wrong"), "a.md:3: is wrong"),
        (ReadinessError("", "is wrong", "mend it"), "is wrong\n  fix: mend it"),
        (ReadinessError("", "is wrong"), "is wrong"),
    ],
)
def test_error_says_where_what_and_how_to_mend_it(error: ReadinessError, text: str) -> None:
    assert str(error) == text


@pytest.mark.parametrize("kind", [InputRefused, CannotTell])
def test_error_comes_out_of_another_process_as_it_was(kind: type[ReadinessError]) -> None:
    error = kind(place="a", cause="b", cure="c")
    for same in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(same) is kind
        assert (same.place, same.cause, same.cure, same.args) == ("a", "b", "c", ("a", "b", "c"))
