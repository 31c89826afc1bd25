"""Prove one row that runs inside the image: wait for its process, judge it, record what it did."""

from packaging_readiness.contract.model import Contract
from packaging_readiness.plugin import row_facts, rows
from packaging_readiness.plugin.check import CheckFailed, Record
from packaging_readiness.plugin.row_runs import RowRuns
from packaging_readiness.secrets.redaction import redact, rules_in
from packaging_readiness.secrets.selfcheck import ensure_rules_hold


def prove_row(record: Record, contract: Contract, runs: RowRuns) -> None:
    """Fail the running check unless its row held. A secret in the output fails it and is recorded nowhere."""
    ensure_rules_hold()  # they are loaded while the container works
    settled = runs.result(record.row.id)
    record.by_hand = runs.by_hand(record.row.id)
    done = settled.result
    # The whole output is judged before anything is cut from it: half a key no longer looks like one.
    _, leaked = redact((done.stdout + b"\n" + done.stderr).decode("utf-8", "replace"))
    summary = "" if leaked else redact(row_facts.stderr_summary(done))[0]
    record.observe(**row_facts.observation(record.row, contract, done, summary))
    record.measure(duration_s=round(done.duration_s, 3))
    if leaked:
        raise CheckFailed("secret-in-output", *leaks(done.stdout, done.stderr))
    judgement = rows.judge(record.row, contract, done)
    for note in judgement.notes:
        record.note(note)
    if settled.first is not None:
        record.note("run again alone, because a row in the same container broke its bounds")
    if judgement.reason:
        raise CheckFailed(judgement.reason, *judgement.found)


def leaks(stdout: bytes, stderr: bytes) -> list[str]:
    """Which stream of an output that holds a secret holds it, and by which rules; never the secret."""
    streams = {"standard output": stdout, "standard error": stderr}
    rules = {name: rules_in(data.decode("utf-8", "replace")) for name, data in streams.items()}
    return [
        f"{name} holds what looks like a secret ({', '.join(found)}); it is not repeated here"
        for name, found in rules.items()
        if found
    ] or ["the output holds what looks like a secret; it is not repeated here"]
