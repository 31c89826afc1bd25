"""A contract file that is malformed or ambiguous is refused, at the line that is wrong; a good one is merged."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.contract.inventory import load_checks
from packaging_readiness.contract.load import load_contract, packaged_path
from packaging_readiness.contract.source import SIZE_LIMIT

BAD = Path(__file__).parent / "data" / "contract"
HEADER = "schema: 1\nname: example\nextends: dev_full\n"

# File name, line that the message must name (None where no single line is wrong), and words that it must hold.
REFUSED: dict[str, tuple[int | None, str]] = {
    "a_list": (1, "a mapping is needed at the top level"),
    "a_text": (1, "a mapping is needed at the top level"),
    "absolute_path": (4, "documents: '/srv/plan.md' is not a path relative to the platform's root"),
    "absolute_probe": (6, "excludes[1]: '/b.pem' is not a path relative"),
    "alias_unknown": (4, "is not YAML: found undefined alias"),
    "bad_regex": (4, "workflow: security_step is not a regular expression"),
    "condition_of_nothing": (5, "preconditions[0]: a condition without checks or blockers"),
    "doubled_id": (6, "follow_ups[1].id: id 'same' stands there twice"),
    "doubled_key": (6, "key 'environment' stands here twice"),
    "doubled_key_nested": (6, "key 'ECR_REPO_NAME' stands here twice"),
    "empty": (1, "a mapping is needed at the top level"),
    "exclude_without_probe": (5, "excludes[0]: an exclude surface without probes"),
    "extends_a_list": (3, "packaged contracts: dev_full"),
    "extends_unknown": (3, "extends 'prod'; packaged contracts: dev_full"),
    "key_of_number": (4, "handles: keys are strings here, found 1"),
    "missing_key": (5, "deferrals[0]: key 'reason' is missing"),
    "name_of_a_packaged_contract": (2, "the name 'dev_full' belongs to a packaged contract"),
    "no_go_without_blocker": (5, "no-go condition one names no blocker"),
    "not_a_handle": (5, "entrypoints[0]: 'ONE' is not an entrypoint handle"),
    "not_a_module": (5, "entrypoints[0]: 'fraud detection' is not a module name"),
    "not_one_of": (5, "closure.registry_authority: one of ecr, embedded is needed"),
    "not_schema_one": (1, "schema: one of 1 is needed"),
    "not_yaml": (5, "is not YAML"),
    "nothing_but_a_name": (1, "key 'phase_id' is missing"),
    "only_a_comment": (1, "a mapping is needed at the top level"),
    "path_upwards": (4, "image: 'docker/../../Dockerfile' is not a path relative"),
    "python_object": (4, "is not YAML: could not determine a constructor"),
    "secret_path_with_value": (5, "secret_paths[0]: "),
    "section_emptied": (4, "closure: a mapping is needed, found nothing"),
    "short_option": (5, "entrypoints[0]: '-p' is not a long option"),
    "tab": (5, "is not YAML: found character that cannot start any token"),
    "timeout_of_a_day": (4, "rows: timeout_s is between 0 and 3600 seconds"),
    "two_documents": (4, "is not YAML"),
    "unknown_blocker": (5, "one: blocker 'M1-B99' is not in the contract"),
    "unknown_entrypoint": (5, "sr-run: no entrypoint row is called 'srr'"),
    "unknown_key": (4, "unknown key 'clossure'; known here: accepted_findings, blockers, closure,"),
    "unknown_key_nested": (6, "closure.registry: unknown key 'registry'; known here: build_driver, registry_authority"),
    "unpinned_handle": (5, "provenance field build_driver: handle NO_SUCH_HANDLE is not pinned in handles"),
    "wrong_scalar": (5, "rows.timeout_s: float is needed, found str"),
    "wrong_type": (5, "image.repository_handles: a list is needed, found str"),
}


def refusal(path: Path | str) -> str:
    """The message with which a contract file is refused."""
    with pytest.raises(InputRefused) as refused:
        load_contract(str(path))
    return str(refused.value)


def written(folder: Path, content: str | bytes) -> Path:
    """A contract file with this content."""
    path = folder / "contract.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_every_bad_file_has_its_expectation() -> None:
    assert {path.stem for path in BAD.iterdir()} == set(REFUSED)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_bad_contract_is_refused_at_its_line(name: str) -> None:
    line, words = REFUSED[name]
    message = refusal(BAD / f"{name}.yaml")
    place = f"{name}.yaml:{line}: " if line else f"{name}.yaml: "
    assert message.startswith(place)
    assert words in message
    assert str(BAD) not in message


def test_relative_file_is_shown_as_it_was_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD.parent)
    assert refusal("contract/section_emptied.yaml").startswith("contract/section_emptied.yaml:4: closure")


def test_oversize_file_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    filler = "# " + "x" * 98 + "\n"
    just_fits = HEADER + filler * ((SIZE_LIMIT - len(HEADER)) // len(filler))
    assert load_contract(str(written(tmp_path, just_fits)))[0].name == "example"
    message = refusal(written(tmp_path, just_fits + filler * 2))
    assert message == f"contract.yaml: is larger than {SIZE_LIMIT} bytes"


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
@pytest.mark.parametrize("depth", [40, 5_000, 100_000])
def test_deep_nesting_is_refused_without_a_crash(tmp_path: Path, opening: str, depth: int) -> None:
    value = f"\n{opening * depth}" if opening == "- " else opening * depth
    assert "is not YAML" in refusal(written(tmp_path, f"{HEADER}environment: {value}"))


def test_alias_bomb_is_refused(tmp_path: Path) -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 20)]
    message = refusal(written(tmp_path, HEADER + "\n".join(levels) + "\n"))
    assert "aliases written out" in message


def test_invalid_utf8_is_refused(tmp_path: Path) -> None:
    message = refusal(written(tmp_path, HEADER.encode() + b"environment: \xff\xfe\n"))
    assert message.startswith("contract.yaml")
    assert "is not YAML" in message


def test_control_character_is_refused(tmp_path: Path) -> None:
    assert "is not YAML" in refusal(written(tmp_path, HEADER + "environment: a\x00b\n"))


def test_byte_order_mark_does_not_hide_a_key(tmp_path: Path) -> None:
    contract, data = load_contract(str(written(tmp_path, b"\xef\xbb\xbf" + HEADER.encode())))
    assert contract.name == "example"
    assert "\ufeffschema" not in data


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n"])
def test_line_endings_do_not_move_the_line(tmp_path: Path, ending: str) -> None:
    text = (HEADER + "closure:\n").replace("\n", ending)
    assert refusal(written(tmp_path, text)).startswith("contract.yaml:4: closure")


def test_absent_file_is_refused_with_the_packaged_names(tmp_path: Path) -> None:
    told = r"^absent\.yaml: is neither a packaged contract nor a file\n  fix: .*dev_full"
    with pytest.raises(InputRefused, match=told):
        load_contract(str(tmp_path / "absent.yaml"))


def test_directory_cannot_be_read_as_a_contract(tmp_path: Path) -> None:
    with pytest.raises(CannotTell, match="cannot be read: Is a directory"):
        load_contract(str(tmp_path))


def test_extension_states_only_what_differs(tmp_path: Path) -> None:
    own = HEADER + "handles: {ECR_REPO_NAME: other}\nrows: {timeout_s: 5}\nsecret_paths: [{id: /only/one}]\n"
    contract, data = load_contract(str(written(tmp_path, own)))
    base, _ = load_contract("dev_full")
    assert dict(contract.handles) == {**base.handles, "ECR_REPO_NAME": "other"}
    assert (contract.rows.timeout_s, contract.rows.profile) == (5.0, base.rows.profile)
    assert [row.id for row in contract.secret_paths] == ["/only/one"]
    assert contract.entrypoints == base.entrypoints
    assert data["extends"] == "dev_full"


def test_whole_contract_under_another_name_stands_alone(tmp_path: Path) -> None:
    text = packaged_path("dev_full").read_text(encoding="utf-8").replace("name: dev_full", "name: other", 1)
    contract, _ = load_contract(str(written(tmp_path, text)))
    assert (contract.name, contract.extends) == ("other", None)


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_any_content_is_merged_or_refused_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, content: str | bytes
) -> None:
    encoded = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    path = written(tmp_path_factory.getbasetemp(), HEADER.encode() + encoded)
    try:
        place = load_contract(str(path))[0].name
    except InputRefused as refused:
        place = refused.place
    assert place.startswith(("example", "contract.yaml")) or b"name" in encoded


CHECK = yaml.safe_load(packaged_path("checks").read_text(encoding="utf-8"))["checks"][0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": "m1b.strategy.repository-uri-pinned"}, "does not start with its lane 'm1a'"),
        ({"lane": "m1f"}, "lane: one of m1a, m1b, m1c, m1d, m1e is needed"),
        ({"dod": "1"}, "dod: int is needed, found str"),
        ({"blocker": None}, "a check has no blocker exactly when it is an S3 advisory"),
        ({"severity": "S3"}, "a check has no blocker exactly when it is an S3 advisory"),
        ({"blocker": "row"}, "blocker and severity are taken from the row together"),
        ({"severity": "row"}, "blocker and severity are taken from the row together"),
        ({"needs": ["engine"]}, "needs[0]: one of image is needed"),
        ({"decided_by": "nobody"}, "decided_by: one of test, adjudicator is needed"),
        ({"fix": None}, "fix: str is needed, found nothing"),
        ({"owner": "me"}, "unknown key 'owner'"),
    ],
)
def test_bad_check_is_refused_at_its_line(tmp_path: Path, change: dict[str, object], words: str) -> None:
    path = tmp_path / "checks.yaml"
    good = {**CHECK, "id": "m1a.other.check"}
    path.write_text(yaml.safe_dump({"schema": 1, "checks": [good, {**CHECK, **change}]}), encoding="utf-8")
    with pytest.raises(InputRefused, match=r"^checks\.yaml:1[2-9]|^checks\.yaml:2\d") as refused:
        load_checks(path, "checks.yaml")
    assert words in str(refused.value)


def test_doubled_check_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "checks.yaml"
    path.write_text(yaml.safe_dump({"schema": 1, "checks": [CHECK, CHECK]}), encoding="utf-8")
    with pytest.raises(InputRefused, match=f"check '{CHECK['id']}' stands in the inventory twice"):
        load_checks(path, "checks.yaml")
