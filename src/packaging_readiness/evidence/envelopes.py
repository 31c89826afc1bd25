"""Signature envelopes beside the objects: what each of them signs. Whose signature it is, only a trusted key tells."""

import base64
from collections.abc import Iterator, Mapping

from packaging_readiness.evidence.json_faults import Fault, parse
from packaging_readiness.evidence.problems import Problem
from packaging_readiness.evidence.store import ENVELOPE


def envelope_problems(files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Envelopes (`<object>.dsse.json`) whose payload is not, byte for byte, the object that they are named after."""
    for name in envelope_names(files):
        try:
            content = parse(files[name])
            payload = base64.b64decode(content["payload"], validate=True)
        except Fault as fault:
            yield Problem(fault.code, name, fault.cause)
        except (KeyError, TypeError, ValueError):
            yield Problem("envelope-malformed", name, "has no payload in base64")
        else:
            signed = signed_object(name)
            if not isinstance(content.get("signatures"), list) or not isinstance(content.get("payloadType"), str):
                yield Problem("envelope-malformed", name, "has no payload type, or no list of signatures")
            if signed not in files:
                yield Problem("envelope-without-object", name, f"signs {signed}, which is not there")
            elif files[signed] != payload:
                yield Problem("envelope-payload-differs", name, f"its payload is not {signed}")


def envelope_names(files: Mapping[str, bytes]) -> list[str]:
    """Names of envelopes among `files`, sorted."""
    return sorted(name for name in files if ENVELOPE.fullmatch(name))


def signed_object(name: str) -> str:
    """The object that an envelope of this name signs."""
    return name.removesuffix(".dsse.json") + ".json"
