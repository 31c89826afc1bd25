"""What can be wrong with a bundle: one code per way to be wrong, and what each code means."""

from dataclasses import dataclass

BYTES = {
    "empty": "an object has no bytes",
    "oversize": "an object, or all of them together, is larger than verify reads",
    "byte-order-mark": "an object starts with a byte order mark",
    "utf-16": "an object is UTF-16 or UTF-32, not UTF-8",
    "not-utf-8": "an object holds bytes that are not UTF-8",
    "lone-surrogate": "a string holds half of a surrogate pair",
    "duplicate-key": "a key stands twice in one JSON object",
    "not-a-json-number": "NaN or Infinity stands where JSON has no number for it",
    "number-out-of-range": "a number cannot be told exactly (beyond 2^53, or not finite)",
    "trailing-data": "something follows the JSON value",
    "too-deep": "an object is nested too deeply",
    "not-json": "an object is not JSON: truncated or malformed",
    "not-an-object": "the top level of an object is not a mapping",
    "not-canonical": "the same value in another form than canonical JSON (RFC 8785 and a final newline)",
    "schema-violated": "an object breaks its pinned JSON Schema",
}
SET = {
    "manifest-missing": "there is no manifest: the bundle was never completed, or lost it",
    "manifest-malformed": "the manifest is not of its form",
    "manifest-unsorted": "the manifest's entries are not sorted by name",
    "manifest-doubled": "the manifest lists a name twice",
    "manifest-lists-itself": "the manifest lists itself, an envelope or the claim",
    "manifest-digest-malformed": "a digest in the manifest is not sha256: and 64 lower-case hexadecimal digits",
    "object-missing": "an object that the contract or the manifest names is not there",
    "object-unlisted": "an object is there that the manifest does not list",
    "object-unexpected": "an object is there that this contract does not know",
    "size-differs": "an object has another size than the manifest says",
    "digest-differs": "an object's bytes have another sha256 than the manifest says",
    "name-case": "two names differ in upper and lower case only",
    "claim-missing": "what was published has no bundle_claim.json",
    "claim-malformed": "the claim is not of its form",
    "claim-differs": "the claim names another manifest",
}
PATHS = {
    "path-escapes": "a name leads out of the bundle or into a folder (`..`, a separator)",
    "path-absolute": "a name is an absolute path",
    "name-not-allowed": "a name is not one of an object or of an envelope",
    "symbolic-link": "a symbolic link stands where an object is expected",
    "hard-link": "an object has a second name elsewhere (hard link)",
    "folder-inside": "a folder lies in the bundle",
    "special-file": "a FIFO, socket or device lies in the bundle",
    "unreadable": "an object cannot be read",
}
IDENTITY = {
    "contract-malformed": "the contract in the bundle is not of its form",
    "contract-differs": "the contract is not the one that the run's identity names",
    "contract-not-packaged": "the contract bears a packaged name and is another",
    "contract-not-pinned": "the contract is not the one that --contract demands",
    "run-id-differs": "an object, fact or folder is of another run",
    "phase-differs": "an object or folder is of another phase",
    "git-sha-differs": "an object or fact is of another commit",
    "tree-dirty": "the tree is clean by one fact and dirty by another",
    "account-differs": "the repository is in another account than the contract pins",
    "region-differs": "the repository is in another region than the contract pins",
    "repository-differs": "the repository is another than the contract pins",
    "role-differs": "the push role is another than the contract pins",
    "suite-differs": "an object is of another suite than the run",
    "workflow-run-missing": "a managed build without its workflow run",
    "workflow-run-unexpected": "a workflow run where the contract demands no managed build",
    "workflow-run-differs": "run id and URL name different workflow runs",
    "authority-differs": "facts claim another registry authority than the run asked",
    "build-driver-differs": "facts claim another build driver than the contract pins",
}
IMAGE = {
    "digest-missing": "a check that holds names no image digest",
    "digest-algorithm": "an image digest is not sha256",
    "digest-not-lower-case": "an image digest has upper-case digits",
    "digest-length": "an image digest has not 64 digits",
    "digest-malformed": "an image digest is not sha256: and hexadecimal digits",
    "digest-algorithm-differs": "the named algorithm is not that of the digest",
    "image-digest-differs": "facts name different image digests",
    "registry-digest-differs": "the registry's digest is not that of the manifest's bytes",
    "tag-moved": "the tag resolves to another image than the one that was checked",
    "tag-differs": "facts name different image tags",
    "tag-not-of-commit": "the tag is not the pattern's tag of this commit",
    "tag-convenience": "the tag is latest or the convenience tag",
    "index-not-manifest": "an image index stands where a platform manifest is claimed",
    "media-type-unknown": "the manifest's media type is not known",
    "media-type-differs": "one digest, two media types",
    "manifest-size-differs": "one digest, two manifest sizes",
    "image-missing": "checks that need the image hold, and no image is named",
}
TESTS = {
    "results-malformed": "check_results.json is not of its form",
    "results-contradict": "results deny the identity, the image or each other",
    "lane-missing": "no row of a lane is there",
    "check-missing": "a row of the inventory is not there",
    "check-doubled": "a row stands there twice",
    "check-unknown": "a row is not in the inventory",
    "check-relabelled": "a row has another lane, box, severity or blocker than the inventory says",
    "check-order": "rows are not in the order of the inventory",
    "outcome-unknown": "an outcome is none of the six",
    "outcome-contradicts-record": "a row passes, and its record says otherwise",
    "provenance-missing": "a provenance check holds without its value",
    "provenance-malformed": "a provenance value is not of the contract's shape",
    "result-edited": "a result is not what follows from the contract",
    "fact-not-allowed": "an observation has a field or value that evidence may not hold",
    "report-malformed": "the run record is not of its form",
    "report-doubled": "a report, or its nonce, stands in the run record twice",
    "report-stale": "no report was written when the run says, or one broke down",
    "report-count-differs": "the reports hold another number of checks than the results",
    "report-of-unknown-check": "the run record measures a check that has no result",
}
TIME = {
    "time-naive": "a time has no zone",
    "time-not-utc": "a time is not written in UTC with Z, in whole seconds",
    "time-malformed": "a time is no time: not of the form, or not in the calendar",
    "time-in-future": "a time is later than written_at_utc",
    "end-before-start": "something ended before it started, or took less than no time",
    "written-before-built": "the evidence was written before the build was completed",
    "written-at-differs": "an object was written at another time than the run",
}
DECISION = {
    "pass-with-open-blocker": "the verdict is PASS while a row does not hold",
    "verdict-edited": "a verdict is not what follows from the results",
    "decision-edited": "an adjudicated row is not what follows from the results",
    "register-edited": "blockers are not what follows from the results",
    "confirmation-claimed": "the user's confirmation is claimed; the suite never records it",
    "waiver-owner-missing": "a waiver or acceptance names no owner",
    "waiver-reason-missing": "a waiver or acceptance gives no reason",
    "waiver-doubled": "a check is waived, or a blocker accepted, twice",
    "waiver-malformed": "a waiver's expiry is not a day",
    "waiver-expired": "a row is waived by a waiver that had expired",
    "waiver-missing": "a row is waived by nobody",
    "waiver-not-allowed": "a row is waived that blocks and cannot be waived",
    "deferral-missing": "a row is deferred without the name of a deferral, or names one and is not",
    "deferral-unknown": "a row is deferred by a name that the contract lacks",
    "deferral-misplaced": "a row is deferred by a deferral that is not its own",
    "does-not-follow": "an object is not what follows from results and contract",
}
SIGNATURE = {
    "envelope-malformed": "an envelope is not DSSE",
    "envelope-without-object": "an envelope signs an object that is not there",
    "envelope-payload-differs": "an envelope signs other bytes than the object's",
    "envelope-unexpected": "an envelope stands beside an object that is not one of those that are signed",
    "payload-type-differs": "an envelope names another payload type than its object has",
    "signature-missing": "an object is not signed, and a trusted key demands it",
    "signature-invalid": "a signature names a trusted key and is not that key's",
    "signature-untrusted": "an envelope is signed by no trusted key",
}
GROUPS = {
    "bytes and JSON": BYTES,
    "set of objects": SET,
    "names and files": PATHS,
    "identity": IDENTITY,
    "image": IMAGE,
    "tests": TESTS,
    "time": TIME,
    "decision": DECISION,
    "signatures": SIGNATURE,
}
CODES = {code: meaning for group in GROUPS.values() for code, meaning in group.items()}


@dataclass(frozen=True, slots=True)
class Problem:
    """One way in which a bundle is wrong: a code of `CODES`, the object, and what is the matter."""

    code: str
    name: str
    cause: str

    def __str__(self) -> str:
        return f"{self.code}: {self.name}: {self.cause}"
