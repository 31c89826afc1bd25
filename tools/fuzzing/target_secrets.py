"""Any file, as the secret scan reads it: text rules, structured formats, archives, and the cleaning of output."""

import base64
import json
import re
import zlib

from tools.fuzzing.mutation import Mutator
from tools.fuzzing.target import ROOT, Target, attempt

_WORDS = b"""password: secret= token "api_key": AKIA -----BEGIN -----END PRIVATE KEY----- { } [ ] <a> </a>
<!DOCTYPE a [<!ENTITY b "c">]> &b; <![CDATA[ ]]> <?xml version="1.0"?> --- - &a *a !!binary | > : , [a.b] [[a]]
a.b= \"\"\" ''' kind: Secret data: INSERT INTO t(password) VALUES (' ') ; | |-| , ; = # // machine login
https://u:p@h:1/ eyJ PK\x03\x04 \x1f\x8b BZh91AY&SY \xfd7zXZ\x00 \xff\xfe \xfe\xff\x00a \x00 "\\u0041\\ud800"
\\x41 %41 &#65; ghp_ xoxb- AIza sk_live_ kty oct"""
_PHRASES = (b'<!DOCTYPE a [<!ENTITY b "&a;">]>', b"-----BEGIN PRIVATE KEY-----\n", b"kind: Secret\n")
_NAME = re.compile(rb"[A-Za-z0-9_.-]{1,40}\Z")


def _seeds() -> list[bytes]:
    rows = json.loads((ROOT / "selftests/data/secret_corpus.json").read_text("utf-8"))["files"]
    return [
        row["path"].rpartition("/")[2].encode() + b"\0" + zlib.decompress(base64.b64decode(row["content_zb64"]))[:8192]
        for row in rows
    ]


def _run(data: bytes) -> None:
    """The name of the file stands before the first NUL."""
    from packaging_readiness.secrets.redaction import clean, redactions
    from packaging_readiness.secrets.scan import scan_bytes

    name, _, content = data.partition(b"\0")
    if not _NAME.match(name):
        name, content = b"file", data
    findings = attempt(scan_bytes, content, name.decode("ascii"))
    for finding in findings or ():
        str(finding).encode()
    text = content[:4096].decode("utf-8", "replace")
    clean(text).encode()
    redactions(text.split("\n"))


TARGET = Target(
    name="secrets",
    reads="files given to the secret scan: text, structured formats, archives, and output that is cleaned",
    seeds=_seeds,
    run=_run,
    mutate=Mutator((*_WORDS.split(), *_PHRASES), _seeds),
    readers=(
        "packaging_readiness.secrets.scan:windows",
        "packaging_readiness.secrets.redaction:_hits",
    ),
)
