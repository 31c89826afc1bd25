"""The words that a rule asks for before it is tried: no text in which it finds something is without all of them."""

import pytest

from packaging_readiness.secrets.rulepack import Rule, expand_example, load_rules
from selftests.secret_samples import fill
from selftests.secret_samples.documents import SECRET as DOCUMENTS
from selftests.secret_samples.logins import SECRET as LOGINS
from selftests.secret_samples.platforms import SECRET as PLATFORMS
from selftests.secret_samples.services import SECRET as SERVICES
from selftests.secret_samples.sources import SECRET as SOURCES

TEXTS = [fill(text) for table in (LOGINS, SOURCES, DOCUMENTS, PLATFORMS, SERVICES) for _, text in table.values()]
TEXTS += [expand_example(rule.match).encode() for rule in load_rules().rules]
TEXTS += [text.replace(b" ", b"\t") for text in TEXTS]


@pytest.mark.parametrize("rule", [rule for rule in load_rules().rules if rule.keywords], ids=lambda rule: rule.id)
def test_what_a_rule_matches_holds_one_of_its_words(rule: Rule) -> None:
    matched = [found.group().lower() for found in map(rule.pattern.search, TEXTS) if found is not None]
    blank = [text.replace(b"\t", b" ").replace(b"\n", b" ").replace(b"\r", b" ") for text in matched]
    assert matched
    assert [text for text in blank if not any(word in text for word in rule.keywords)] == []
