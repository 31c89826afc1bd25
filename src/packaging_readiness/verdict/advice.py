"""What to do about a row that does not hold, in one sentence for people. Advice is no fact: no verdict rests on it."""

from packaging_readiness.contract.inventory import Check

# Where the reason code calls for something else than the check's own advice.
_BY_REASON = {
    "module-not-found": "Copy the module into the image, or correct the module in the contract and the plan.",
    "import-error": "Copy or install the missing package into the image.",
    "program-not-found": "Give the image a `python`, as the commands of the matrix demand.",
    "timed-out": "Do no work before the arguments are read; help must not wait for anything.",
    "killed-by-signal": "Find what ended the process: its memory, its limits, or a crash of an extension module.",
    "output-over-bound": "Let the program print less than the suite keeps of a stream (64 KiB).",
    "traceback": "Mend the exception that the program ends with.",
    "argparse-failure": "Bring the program's parser and the contract's command to the same arguments, and the "
    "placeholders of its `rows` to what the parser takes.",
    "fixed-refusal": "Let the parser word its refusal by the arguments that it was given; a fixed text proves nothing.",
    "secret-in-output": "Stop printing it, and replace the secret: whoever saw the output has it.",
    "secret-in-record": "Take the secret out of what the check read, and replace it: whoever saw it has it.",
    "handle-differs": "Bring the registry's handle and the contract's `handles` to the same value.",
    "role-differs": "Bring the handle and the contract's push.role_arn to the same role.",
    "workflow-missing": "Add the packaging workflow, or state its path as the contract's workflow.path.",
    "default-branch-differs": "Rename the default branch, or state its name as the contract's workflow.default_branch.",
    "build-failed": "Mend the Dockerfile, or the files it copies.",
}
# A check that came to no answer says nothing about the platform, and neither may its advice.
_BY_OUTCOME = {
    "error": "Mend what kept the suite from finding out, and run it again.",
    "not_run": "Run it, and hand in the report that holds its result.",
}


def advice(check: Check, outcome: str, reason: str) -> str:
    """What the inventory advises for a failed check, unless outcome or reason code call for something else."""
    return _BY_REASON.get(reason) or _BY_OUTCOME.get(outcome, check.fix)
