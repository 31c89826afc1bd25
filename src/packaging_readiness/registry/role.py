"""What the AWS command line prints of a role: its policies unwrapped, and whether a boundary confines it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from packaging_readiness.contract.errors import CannotTell, InputRefused

_PRINTED_POLICY = frozenset({"RoleName", "PolicyName", "PolicyDocument"})


def own_policies(documents: Sequence[object], role_arn: str) -> list[Mapping[str, object]]:
    """The policy documents among `documents`, without what the command line wraps around them.

    Raises InputRefused for a description of another role, CannotTell for a role with a permissions boundary: which
    actions the boundary leaves is in none of the documents.
    """
    policies: list[Mapping[str, object]] = []
    for number, document in enumerate(documents, 1):
        place = f"policy {number}"
        if not isinstance(document, Mapping):
            raise InputRefused(place, "is not a JSON object")
        if set(document) == {"Role"}:
            _refuse_bounded(document["Role"], role_arn, place)
        elif set(document) == _PRINTED_POLICY:
            if document["RoleName"] != role_arn.rpartition("/")[2]:
                raise InputRefused(place, "is a policy of another role", f"give the policies of {role_arn}")
            inner = document["PolicyDocument"]
            policies.append(inner if isinstance(inner, Mapping) else {})
        else:
            policies.append(document)
    return policies


def _refuse_bounded(role: object, role_arn: str, place: str) -> None:
    if not isinstance(role, Mapping) or role.get("Arn") != role_arn:
        raise InputRefused(place, "describes another role", f"give what `aws iam get-role` prints of {role_arn}")
    if role.get("PermissionsBoundary"):
        cause = "the role has a permissions boundary, and what that leaves is in none of its policies"
        raise CannotTell(place, cause, "have AWS decide: --aws real")
