"""The codes of problems, written down: who reads them by machine relies on each, and on no other."""

import json
import re

from packaging_readiness.evidence.problems import CODES, GROUPS
from selftests.main_job import command

WORDS = {
    "bytes and JSON": """
        empty oversize byte-order-mark utf-16 not-utf-8 lone-surrogate duplicate-key not-a-json-number
        number-out-of-range trailing-data too-deep not-json not-an-object not-canonical schema-violated
    """,
    "set of objects": """
        manifest-missing manifest-malformed manifest-unsorted manifest-doubled manifest-lists-itself
        manifest-digest-malformed object-missing object-unlisted object-unexpected size-differs
        digest-differs name-case claim-missing claim-malformed claim-differs
    """,
    "names and files": """
        path-escapes path-absolute name-not-allowed symbolic-link hard-link folder-inside special-file
        unreadable
    """,
    "identity": """
        contract-malformed contract-differs contract-not-packaged contract-not-pinned run-id-differs
        phase-differs git-sha-differs tree-dirty account-differs region-differs repository-differs
        role-differs suite-differs workflow-run-missing workflow-run-unexpected workflow-run-differs
        authority-differs build-driver-differs
    """,
    "image": """
        digest-missing digest-algorithm digest-not-lower-case digest-length digest-malformed
        digest-algorithm-differs image-digest-differs registry-digest-differs tag-moved tag-differs
        tag-not-of-commit tag-convenience index-not-manifest media-type-unknown media-type-differs
        manifest-size-differs image-missing
    """,
    "tests": """
        results-malformed results-contradict lane-missing check-missing check-doubled check-unknown
        check-relabelled check-order outcome-unknown outcome-contradicts-record provenance-missing
        provenance-malformed result-edited fact-not-allowed report-malformed report-doubled report-stale
        report-count-differs report-of-unknown-check
    """,
    "time": """
        time-naive time-not-utc time-malformed time-in-future end-before-start written-before-built
        written-at-differs
    """,
    "decision": """
        pass-with-open-blocker verdict-edited decision-edited register-edited confirmation-claimed
        waiver-owner-missing waiver-reason-missing waiver-doubled waiver-malformed waiver-expired
        waiver-missing waiver-not-allowed deferral-missing deferral-unknown deferral-misplaced
        does-not-follow
    """,
    "signatures": """
        envelope-malformed envelope-without-object envelope-payload-differs envelope-unexpected
        payload-type-differs signature-missing signature-invalid signature-untrusted
    """,
}


def listed() -> dict[str, list[str]]:
    """The codes by group, as the command lists them."""
    found: dict[str, list[str]] = {}
    for line in command("verify", "--codes").stdout.splitlines():
        if line.startswith("  "):
            found[list(found)[-1]].append(line.split()[0])
        else:
            found[line] = []
    return found


def test_each_group_has_these_codes_and_no_others() -> None:
    assert listed() == {group: words.split() for group, words in WORDS.items()}


def test_machines_are_told_each_code_once_with_its_meaning() -> None:
    codes = json.loads(command("verify", "--codes", "--json").stdout)
    assert sorted(codes) == sorted(word for words in WORDS.values() for word in words.split())
    assert codes == CODES
    assert len(codes) == sum(map(len, GROUPS.values()))
    assert [code for code in codes if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)] == []
    assert [code for code, meaning in codes.items() if not meaning] == []
