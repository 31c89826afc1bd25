"""Redaction at the edge: whatever looks like a secret is taken out of a report, and nothing else of it changes."""

import copy
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packaging_readiness.cli import main
from packaging_readiness.contract.errors import CannotTell, InputRefused
from packaging_readiness.contract.inventory import packaged_checks
from packaging_readiness.contract.load import load_contract
from packaging_readiness.plugin.container_rows import leaks
from packaging_readiness.plugin.report_secrets import clean_header, redact_tests, refuse_secrets
from packaging_readiness.plugin.runheader import portable
from packaging_readiness.plugin.selection import refuse_unknown
from packaging_readiness.plugin.settings import Settings
from packaging_readiness.secrets import matcher, selfcheck
from packaging_readiness.secrets.model import POLICY_ONLY
from packaging_readiness.secrets.redaction import clean, redact, redact_tree, redactions, rules_in, texts_of
from packaging_readiness.secrets.rulepack import expand_example, load_rules
from packaging_readiness.secrets.scan import scan_bytes
from packaging_readiness.verdict.advice import advice
from selftests.synthetic import good_report
from selftests.synthetic_facts import IMAGE_DIGEST

TOKEN = expand_example("ghp_{alnum:36}")
PASSWORD = expand_example("{pw:14}")
KEY = expand_example("-----BEGIN RSA PRIVATE KEY-----\n{b64:64}\n")
# Halves would be a secret if they touched.
TEXTS = (
    "", "main", "password =", f'"{PASSWORD}"', "DB_PASSWORD=", PASSWORD, f"DB_PASSWORD={PASSWORD}", TOKEN, TOKEN[:20],
    f"feature/{TOKEN}", "machine h login svc password", "-----BEGIN RSA PRIVATE KEY-----", KEY, "-----END", "a - b - c",
    f"postgres://svc:{PASSWORD}@db/x", "mysql -u root -p", "src/a.py:12: words", IMAGE_DIGEST,
    'variable "db_password" {', f'default = "{PASSWORD}"', "<password>", "</password>",
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.sampled_from(TEXTS), max_size=12))
def test_texts_that_are_searched_together_are_judged_one_by_one(texts: list[str]) -> None:
    alone = {text: redact(text) for text in texts}
    assert redactions(texts) == {text: shown for text, (shown, leaked) in alone.items() if leaked}


def test_a_secret_that_spans_texts_hides_none_of_them() -> None:
    # Read together, the first text is a key up to the END line of the last, and the tokens lie inside of it.
    tokens = [f"x {TOKEN}", f"y {TOKEN}", f"z {TOKEN}"]
    shown = redactions([KEY, *tokens, "-----END RSA PRIVATE KEY-----"])
    assert shown == {text: redact(text)[0] for text in (KEY, *tokens)}
    assert shown[tokens[2]] == "z [redacted github-token]"


def test_a_token_inside_a_private_key_does_not_save_the_key() -> None:
    key = f"{KEY}{TOKEN}\n-----END RSA PRIVATE KEY-----"
    assert KEY.splitlines()[1] not in clean(key)


@pytest.fixture
def blind_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule pack with one row that misses what it is there for, its own example included."""
    pack = load_rules()
    blind = next(rule for rule in pack.tokens if rule.id != "github-token").pattern
    rows = tuple(replace(rule, pattern=blind) if rule.id == "github-token" else rule for rule in pack.tokens)
    for module in (matcher, selfcheck):
        monkeypatch.setattr(module, "load_rules", lambda: replace(pack, tokens=rows))
    # What the process has proved so far was proved of the whole pack.
    monkeypatch.setattr(selfcheck, "_prove", selfcheck._prove.__wrapped__)


@pytest.mark.usefixtures("blind_pack")
def test_rules_that_do_not_hold_let_no_text_through() -> None:
    searches: tuple[Callable[[str], object], ...] = (redact, rules_in, redact_tree, lambda text: redactions([text]))
    for search in searches:
        with pytest.raises(CannotTell, match="rule github-token misses its own example"):
            search(TOKEN)
    assert clean(TOKEN).startswith("[withheld: secrets/rules.yaml: ")
    assert TOKEN not in clean(TOKEN)


WELL_KNOWN = (
    "AKIA{upper:16}", "glpat-{alnum:20}", "AIza{alnum:35}", "xoxb-{digit:12}-{alnum:24}", "sk_live_{alnum:24}",
    "npm_{alnum:36}", "dapi{hex:32}", "hf_{alnum:34}", "hvs.{alnum:28}", "dckr_pat_{alnum:27}", "shpat_{hex:32}",
)  # fmt: skip


@pytest.mark.parametrize("example", WELL_KNOWN)
@pytest.mark.parametrize("form", ["dump_{}", "{}_old", "a_{}_b", "_{}_{}"])
def test_an_underscore_beside_a_token_does_not_hide_it(example: str, form: str) -> None:
    token = expand_example(example)
    assert token not in clean(form.format(token, token))
    assert scan_bytes(form.format(token, token).encode(), "dump.txt", layers=POLICY_ONLY)


def test_what_stands_around_a_token_stays() -> None:
    token = expand_example("AKIA{upper:16}")
    shown = "[redacted aws-access-key-id]"
    assert clean(f"dump_{token}_{token}_old") == f"dump_{shown}_{shown}_old"


def test_every_rule_is_seen_among_harmless_texts() -> None:
    examples = {rule.id: expand_example(rule.match) for rule in load_rules().rules}
    known = {text for text in examples.values() if redact(text)[1]}
    assert len(known) == len(set(examples.values()))
    assert set(redactions(["main", *examples.values(), IMAGE_DIGEST])) == known


HARMLESS = (
    IMAGE_DIGEST,
    "0f" * 20,
    "arn:aws:iam::000000000000:role/reference-platform-packaging",
    "arn:aws:ssm:eu-west-2:000000000000:parameter/fraud-platform/dev_full/aurora/password",
    "/fraud-platform/dev_full/msk/sasl_password",
    "000000000000.dkr.ecr.eu-west-2.amazonaws.com/reference-platform@" + IMAGE_DIGEST,
    "localhost/packaging-readiness:latest",
    "docker.io/library/python:3.11-slim-bookworm@" + IMAGE_DIGEST,
    "https://github.com/example/platform/actions/runs/22283456789",
    "src/fraud_detection/learning_registry/worker.py:12: token_path is not pinned",
    "m1d.sources.path-pinned[/fraud-platform/dev_full/aurora/password]",
    "tests_m1d/test_dod1_policy.py::test_no_secret_values",
    "SSM_AURORA_PASSWORD_PATH",
    "platform_20260222T194849Z",
)


@pytest.mark.parametrize("text", HARMLESS, ids=range(len(HARMLESS)))
def test_names_digests_and_references_stay_as_they_are(text: str) -> None:
    assert clean(text) == text


def test_a_report_without_a_secret_is_given_back_untouched() -> None:
    report = good_report()
    assert redact_tree(report) is report
    assert redact_tests(report["tests"]) is report["tests"]


def test_nothing_that_the_suite_itself_says_is_redacted() -> None:
    contract, data = load_contract("dev_full")
    told = [text for check in packaged_checks() for text in (check.id, check.title, check.why, check.fix)]
    assert redactions([*texts_of(data), *told, *(row.id for row in contract.secret_paths)]) == {}


def test_a_tree_is_redacted_in_values_and_keys_and_otherwise_the_same() -> None:
    tree = {"a": [1, True, None, {"b": f"see {TOKEN}"}], TOKEN: ["x", (TOKEN,)]}
    before = copy.deepcopy(tree)
    shown = "[redacted github-token]"
    assert redact_tree(tree) == {"a": [1, True, None, {"b": f"see {shown}"}], shown: ["x", [shown]]}
    assert tree == before


def test_a_check_that_recorded_a_secret_is_an_error() -> None:
    report = good_report()
    record = report["tests"][3]["metadata"]["readiness"]
    record["observation"]["note"] = f"branch {TOKEN}"
    others = [*report["tests"][:3], *report["tests"][4:]]
    tests = redact_tests(report["tests"])
    seen = tests[3]["metadata"]["readiness"]
    assert (seen["outcome"], seen["reason"], seen["check"]) == ("error", "secret-in-record", record["check"])
    assert seen["observation"]["note"] == "branch [redacted github-token]"
    assert [*tests[:3], *tests[4:]] == others


def test_a_check_that_failed_stays_failed_without_the_secret() -> None:
    report = good_report()
    record = report["tests"][3]["metadata"]["readiness"]
    record.update(outcome="fail", reason="differs", found=[f"a.yaml:1: {TOKEN}"])
    seen = redact_tests(report["tests"])[3]["metadata"]["readiness"]
    assert (seen["outcome"], seen["reason"], seen["found"]) == (
        "fail",
        "differs",
        ["a.yaml:1: [redacted github-token]"],
    )


def header(**identity: Any) -> dict[str, Any]:
    """The header of a good run with other facts of identity."""
    made: dict[str, Any] = good_report()["readiness"]
    made["identity"] |= identity
    return made


def test_a_header_without_a_secret_stays_as_it_is() -> None:
    assert clean_header(header()) == header()


@pytest.mark.parametrize(
    ("identity", "place"),
    [
        ({"git_ref": f"feature/{TOKEN}"}, "the branch"),
        ({"workflow_run_url": f"https://github.com/team/{TOKEN}/actions/runs/1"}, "the address of the workflow run"),
        ({"platform_run_id": f"p{TOKEN}".replace("ghp_", "-ghp_")}, "--platform-run-id"),
        ({"carried": {"waivers": [{"reason": f"see {TOKEN}"}], "acceptances": []}}, "the waivers file"),
    ],
    ids=["branch", "address", "run-id", "waivers"],
)
def test_an_identity_that_holds_a_secret_is_refused(identity: dict[str, Any], place: str) -> None:
    with pytest.raises(InputRefused, match="holds what looks like a secret") as refused:
        clean_header(header(**identity))
    assert refused.value.place == place
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize(
    ("argument", "shown"),
    [
        ("--override-ini=cache_dir=/tmp/private/cache", "--override-ini=cache_dir=.../cache"),
        ("-c/tmp/suite/pyproject.toml", "-c.../pyproject.toml"),
        ("-qc/tmp/suite/pyproject.toml", "-qc.../pyproject.toml"),
        ("/home/me/my suite/tests_m1a/test_a.py::test_b[x/y]", ".../test_a.py::test_b[x/y]"),
        ("--platform-root=/home/me/platform", "--platform-root=.../platform"),
        ("--json-report-file=/home/me/out/", "--json-report-file=.../out/"),
        ("--cov-report=html:/home/me/cov", "--cov-report=html:.../cov"),
        ("--evidence=file:///home/me/pack", "--evidence=file:.../pack"),
        ("@/home/me/arguments", "@.../arguments"),
        ("PATH=/home/me/bin /opt/x/bin", "PATH=.../bin"),
    ],
)
def test_no_absolute_path_stays_in_an_argument(argument: str, shown: str) -> None:
    assert portable(argument) == shown


@pytest.mark.parametrize(
    "argument",
    [
        "tests_m1a/test_dod1_strategy.py::test_x", "../platform", "./a/b", "-p", "a or b", "/",
        "--evidence=s3://bucket/evidence/run", "--image=docker.io/library/python:3.11",
        "--check=m1d.sources.path-pinned[/fraud-platform/aurora/password]",
    ],
)  # fmt: skip
def test_what_names_no_folder_of_the_machine_stays_in_an_argument(argument: str) -> None:
    assert portable(argument) == argument


@pytest.mark.parametrize(("blocker", "checks"), [(TOKEN, None), (None, [TOKEN])])
def test_a_selection_is_refused_without_a_secret_that_it_names(blocker: str | None, checks: list[str] | None) -> None:
    contract, _ = load_contract("dev_full")
    settings = cast(Settings, SimpleNamespace(contract=contract, rows={}, checks={}))
    with pytest.raises(pytest.UsageError, match="no such") as refused:
        refuse_unknown(settings, blocker, checks)
    assert "[redacted github-token]" in str(refused.value)
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize("arguments", [[TOKEN], ["verify", "--" + TOKEN, "x"], ["checks", TOKEN]])
def test_a_command_line_is_refused_without_a_secret_that_it_holds(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert "[redacted github-token]" in told
    assert TOKEN not in told


def test_a_leak_is_told_by_stream_and_rule_and_never_by_value() -> None:
    token, password = TOKEN.encode(), f'password = "{PASSWORD}"'.encode()
    what = "holds what looks like a secret"
    assert leaks(b"see " + token, b"usage:") == [f"standard output {what} (github-token); it is not repeated here"]
    both = leaks(password, token)
    assert [line.split(" holds")[0] for line in both] == ["standard output", "standard error"]
    assert not any(TOKEN in line or PASSWORD in line for line in both)
    assert leaks(b"half", b"half") == [f"the output {what}; it is not repeated here"]


@pytest.mark.parametrize("reason", ["secret-in-output", "secret-in-record"])
def test_advice_after_a_leak_is_to_replace_the_secret(reason: str) -> None:
    (check, *_) = packaged_checks()
    assert "replace" in advice(check, "error", reason)
    assert advice(check, "fail", "differs") == check.fix


def test_arguments_are_redacted() -> None:
    given = header()
    given["invocation"] = {"arguments": ["-q", f"--image=https://svc:{PASSWORD}@registry.invalid/x"]}
    shown = clean_header(given)["invocation"]["arguments"]
    assert shown[0] == "-q"
    assert PASSWORD not in shown[1]


def test_a_contract_that_holds_a_secret_is_refused_by_its_name_alone() -> None:
    with pytest.raises(InputRefused, match="the contract: holds what looks like a secret"):
        refuse_secrets({"contract": {"handles": {"REDIS_ENDPOINT": TOKEN}}})
    refuse_secrets({"contract": load_contract("dev_full")[1]})
