"""The option `--shard K/N`."""

import re
from typing import Any

from packaging_readiness.contract.errors import InputRefused
from packaging_readiness.contract.model import Contract
from packaging_readiness.verdict.header import Shard
from packaging_readiness.verdict.shards import refuse_too_many

# One spelling for one shard: jobs and reports are compared by what people typed.
_FORM = re.compile(r"(0|[1-9][0-9]{0,3})/(0|[1-9][0-9]{0,3})")


def shard_of_options(option: Any, contract: Contract) -> Shard | None:
    """The shard that was asked for, or None for an undivided run. Raises InputRefused for a wrong form, and beside
    options that read or write a bundle.
    """
    given = option.readiness_shard
    if given is None:
        return None
    cure = f"write it as K/N with K from 1 to N, and N at most {len(contract.entrypoints)}, e.g. --shard 1/2"
    found = _FORM.fullmatch(given)
    if found is None:
        raise InputRefused("--shard", f"{given!r} is not K/N in plain digits, without leading zeros", cure)
    try:
        shard = Shard(int(found[1]), int(found[2]))
        refuse_too_many(shard, contract)
    except ValueError as error:
        raise InputRefused("--shard", f"{given!r}: {error}", cure) from None
    for name, value in (("--evidence", option.readiness_evidence), ("--evidence-out", option.readiness_evidence_out)):
        if value is not None:
            cause = f"cannot go with {name}: a shard is a part of a run, and no bundle can be decided from a part"
            raise InputRefused(
                "--shard", cause, "merge the shards' reports: packaging-readiness bundle r1.json r2.json"
            )
    return shard
