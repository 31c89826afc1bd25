"""The rules over text: what they find, exactly where, and which reading of a bare value decides."""

import base64

import pytest

from packaging_readiness.secrets.matcher import announces, decode_text, find, may_hold
from packaging_readiness.secrets.rulepack import expand_example, load_rules
from packaging_readiness.secrets.values import Context

STRONG = "kR7#pq92Lm!x"
KEY_ID = expand_example("AKIA{upper:16}")
LOGIN = base64.b64encode(b"svc:kR7pq92").decode()
TOKEN = expand_example("ghp_{alnum:36}")


def found(text: str | bytes, context: Context = "config", **how: bool) -> list[tuple[str, str]]:
    """Rule and text of every hit, in the order of their places; what it holds as value must stand there."""
    data = text.encode() if isinstance(text, str) else text
    hits = sorted(find(data, context, **how), key=lambda hit: (hit.start, hit.end, hit.rule))
    assert all(data[hit.start : hit.end].strip() == hit.value for hit in hits)
    return [(hit.rule, hit.value.decode("latin-1")) for hit in hits]


@pytest.mark.parametrize(
    ("text", "config", "code"),
    [
        (f"db_password={STRONG}", ["assigned-bare"], []),
        (f'db_password="{STRONG}"', ["assigned-quoted"], ["assigned-quoted"]),
        (f"x\n\n  db_password = '{STRONG}'\n", ["assigned-quoted"], ["assigned-quoted"]),
        ("db_password=letmein", ["assigned-bare"], []),
        ('db_password="letmein"', ["assigned-quoted"], []),
        ("db_password=access_token_v2", ["assigned-bare"], []),
        (f'token_count="{STRONG}"', [], []),
        ('x.option("password", "access_token_v2")', [], []),
        (f'x.option("password", "{STRONG}")', ["call-argument"], ["call-argument"]),
        ('x.option("password", "letme1n")', ["call-argument"], ["call-argument"]),
        ("a:{PLAIN}letmeinnow:1000:", [], []),
        ("a:{PLAIN}letme1nnow:1000:", ["stored-cleartext"], ["stored-cleartext"]),
        ('the password "letmein"', [], []),
        ('use password "letme1n" here', ["stated"], ["stated"]),
        ('"svc:hunter2x@tcp(db:3306)/x"', [], []),
        ('"svc:Hunter2x@tcp(db:3306)/x"', ["dsn-password"], ["dsn-password"]),
        # The same word twice is a login only where nothing else is asked of it.
        ('"Abcdef123:Abcdef123@tcp(db:3306)/x"', ["dsn-password"], ["dsn-password"]),
        ("https://svc:svc@host/x", [], []),
        ("https://hugo:hug0@host/x", ["url-password"], ["url-password"]),
        ("https://svc:letmein@host/x", ["url-password"], []),
        # A password of plain words is one in configuration only.
        ("mysql -u root -pletmein x", [], []),
        ("mysql -u root -pletme1n x", ["command-short-flag"], ["command-short-flag"]),
        ("identified by 'letmein'", ["sql-password"], []),
        (f"my basic {LOGIN}", ["http-basic"], ["http-basic"]),
        (f"my basic {LOGIN.replace('O', 'L')}", [], []),
        ('FTP("h", "svc", "kettle-m00n")', ["auth-pair"], ["auth-pair"]),
        ('FTP_TLS("h", "svc", "hunter2x")', ["auth-pair"], ["auth-pair"]),
        ('FTP("h", "svc", "password")', [], []),
        # To the rules that go by names "_" is a letter.
        (f"my_basic {LOGIN}", [], []),
        ("docker://registry:kR7pq92@sha384:abcdef", ["url-password"], ["url-password"]),
        ("docker://registry:kR7pq92@sha256:abcdef", [], []),
        ("docker://registry:kR7pq92@sha512:abcdef", [], []),
        ("image=name:v1.22-Alpha9@host:0fab", ["dsn-password"], ["dsn-password"]),
        ("image=name:v1.22-Alpha9@sha256:0fab", [], []),
    ],
    ids=range(34),
)
def test_a_value_counts_by_its_rule_and_by_how_the_text_is_read(text: str, config: list[str], code: list[str]) -> None:
    assert [rule for rule, _ in found(text)] == config
    assert [rule for rule, _ in found(text, "code")] == code
    assert [rule for rule, _ in found(f"words\n{text}\nwords")] == config


def test_a_value_is_given_without_the_blanks_around_it() -> None:
    (hit,) = find(f'password = " {STRONG} "'.encode(), "config")
    assert (hit.start, hit.end, hit.value) == (12, 26, STRONG.encode())


def test_every_value_is_found_once_wherever_it_stands() -> None:
    line = f'A_PASSWORD="{STRONG}"; B_PASSWORD="{STRONG[::-1]}"\n'
    assert found("x\n" * 3 + line) == [("assigned-quoted", STRONG), ("assigned-quoted", STRONG[::-1])]
    assert found(line + "words\n" * 4000 + line) == 2 * found(line)


def test_a_byte_that_is_no_text_hides_no_value() -> None:
    assert found(b'PASSWORD="kR7\xff#pq92Lm!x"') == [("assigned-quoted", "kR7\xff#pq92Lm!x")]


def test_in_a_binary_file_values_count_behind_a_name_and_in_one_run_of_characters() -> None:
    quoted = f'\0DB_PASSWORD="{STRONG}"\0'
    assert found(quoted, binary=True) == [("assigned-quoted", STRONG)]
    assert found(f"\1\n'svc/{STRONG[:10]}@db:1521/x'\n\1", binary=True) == []
    assert found(f"\1\n'svc/{STRONG[:10]}@db:1521/x'\n\1", "code") == [("quoted-login", STRONG[:10])]
    assert found(f"\0DB_PASSWORD={STRONG}\0", binary=True) == []
    assert found(f"\0--password\t{STRONG}\0", binary=True) == [("command-flag", STRONG)]
    assert found(f"\0--password\1{STRONG}\0", binary=True) == []
    assert found('\0DB_PASSWORD="kR7\0#pq92Lm!x"\0', binary=True) == []
    assert found('\0DB_PASSWORD="kR7\x7f~q92Lm!x"\0', binary=True) == []
    assert found('\0DB_PASSWORD="kR7~q92Lm!x"\0', binary=True) == [("assigned-quoted", "kR7~q92Lm!x")]
    assert found(f"\0{TOKEN}\0", binary=True) == [("github-token", TOKEN)]


@pytest.mark.parametrize("between", ["_", " ", "__", "\n"])
def test_two_tokens_beside_each_other_are_two(between: str) -> None:
    other = KEY_ID[:-1] + ("B" if KEY_ID[-1] == "A" else "A")
    assert found(f"{KEY_ID}{between}{other}") == [("aws-access-key-id", KEY_ID), ("aws-access-key-id", other)]


def test_a_token_that_two_rules_know_is_found_once() -> None:
    token = expand_example("lsv2_pt_{hex:32}_{hex:10}")
    assert found(f"x {token}") == [("ai-provider-key", token)]
    assert found(f"{token}\n{token}") == [("ai-provider-key", token)] * 2


def test_a_token_inside_of_a_private_key_hides_neither() -> None:
    key = expand_example("-----BEGIN RSA PRIVATE KEY-----\n{b64:64}\n") + f"{TOKEN}\n-----END RSA PRIVATE KEY-----\n"
    assert sorted(rule for rule, _ in found(key)) == ["github-token", "private-key"]


@pytest.mark.parametrize("long", [0, 5_000, 20_000])
def test_a_rule_that_asks_for_a_word_is_tried_on_short_and_long_lines(long: int) -> None:
    line = "password: ${A} " * (long // 15) + f"sqlplus app/{STRONG[:10]}@//db:1521/x"
    assert ("oracle-login", STRONG[:10]) in found(line)
    assert ("oracle-login", STRONG[:10]) in found(f"X\n{line}\n")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (f"net user svc {STRONG} /add", "windows-command"),
        (f"exp app/{STRONG[:10]}@db", "oracle-login"),
        (f"az login -p {STRONG}", "command-short-flag"),
        (f"the password is {STRONG}", "stated-bare"),
        (f"admin / {STRONG}", "stored-with-code"),
    ],
    ids=range(5),
)
@pytest.mark.parametrize("blank", [" ", "\t"], ids=["blank", "tab"])
def test_a_word_that_a_tab_follows_is_the_word_that_a_blank_follows(text: str, rule: str, blank: str) -> None:
    assert rule in {name for name, _ in found(text.replace(" ", blank))}


def test_a_rule_whose_word_stands_far_down_is_tried() -> None:
    harmless = "password: ${A}\n" * 6_000
    assert found(harmless) == []
    assert found(f"{harmless}sqlplus app/{STRONG[:10]}@//db:1521/x\n") == [("oracle-login", STRONG[:10])]
    every_word = b" ".join(word for rule in load_rules().rules for word in rule.keywords).decode()
    assert found(f"{every_word}\n{harmless}sqlplus app/{STRONG[:10]}@//db:1521/x\n")[-1] == (
        "oracle-login",
        STRONG[:10],
    )


TEXT = f"# settings of a service\nDB_PASSWORD={STRONG}\n"


def test_base64_of_text_is_looked_into_once_and_found_where_it_stands() -> None:
    once = base64.b64encode(TEXT.encode()).decode()
    (hit,) = find(f"blob: {once}\n".encode(), "code")
    assert (hit.rule, hit.start, hit.end, hit.value) == ("assigned-bare", 6, 6 + len(once.rstrip("=")), STRONG.encode())
    assert found(f"blob: {once}", encoded=False) == []
    assert found(base64.b64encode(f"settings of a service {once}".encode())) == []


def test_a_text_may_hold_a_secret_where_any_rule_would_look_closer() -> None:
    once = base64.b64encode(TEXT.encode())
    assert all(map(may_hold, (TOKEN.encode(), b"password: x", b"net use x", b"blob: " + once)))
    assert not any(map(may_hold, (b"", b"words", b"word: " * 50, base64.b64encode(bytes(40)))))


def test_only_words_of_credentials_announce_one() -> None:
    words = ("pass", "pwd", "psk", "secret", "token", "key", "cred", "auth", "jwt", "pw", "bearer", "kty", "pat", "sas")
    assert [word for word in words if not announces(f"a {word} b".encode())] == []
    assert not any(map(announces, (b"", b"words: and more", b"spatial")))


def coded(text: str) -> bytes:
    return base64.b64encode(text.encode())


@pytest.mark.parametrize(
    ("run", "text"),
    [
        (coded("a b c d e\tf\r\n"), "a b c d e\tf\r\n"),
        (coded("abc"), "abc"),
        (coded("abcd"), "abcd"),
        (coded("abcde").rstrip(b"="), "abcde"),
        *((coded("x" * size).rstrip(b"="), "x" * size) for size in range(1, 25)),
        (coded("abcdef") + b"x", "abcdef"),
        (coded("abc") + b"x", "abc"),
        (coded("abcdef")[:4] + b"\n  " + coded("abcdef")[4:], "abcdef"),
        (b"fn5-Pz8_Pj4-", "~~~???>>>"),
        (b"fn5+Pz8/Pj4+", "~~~???>>>"),
        (coded("x" * 19 + "\1"), "x" * 19 + "\1"),
        (coded("x" * 18 + "\1"), ""),
        (coded("x" * 37 + "\1\1"), ""),
        (coded("\1"), ""),
        (coded("caf\u00e9"), ""),
        (b"", ""),
    ],
    ids=range(39),
)
def test_a_run_of_base64_is_decoded_where_that_gives_text(run: bytes, text: str) -> None:
    assert decode_text(run) == text.encode()
