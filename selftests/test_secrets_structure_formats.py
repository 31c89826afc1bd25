"""Which format a file is read as, by its name and its first characters, and what each format comes to."""

import pytest

from packaging_readiness.secrets.structure import Mapping, Node, Scalar, read_structure


def lines_of(node: Node) -> list[int]:
    """The line of each leaf that tells one."""
    if isinstance(node, Mapping):
        return [line for _, child in node.items for line in lines_of(child)]
    if isinstance(node, list):
        return [line for child in node for line in lines_of(child)]
    return [node.line] if isinstance(node, Scalar) else []


def test_a_leaf_knows_its_line_and_is_its_text() -> None:
    leaf = Scalar("text", 7)
    assert (leaf, leaf.line) == ("text", 7)


@pytest.mark.parametrize("suffix", [".json", ".ipynb", ".tfstate", ".webmanifest", ".geojson", ".har", ".JSON"])
def test_a_file_of_this_name_is_read_as_json(suffix: str) -> None:
    assert read_structure(f"d/x{suffix}", '"a \\"b\\""') == ['a "b"']


@pytest.mark.parametrize("text", ['{"a": "b"}', ' \t\r\n{"a": "b"}', '\ufeff{"a": "b"}', '\ufeff {"a": "b"}'])
def test_a_text_that_begins_as_an_object_is_read_as_json(text: str) -> None:
    assert read_structure("x.txt", text) == [Mapping([("a", "b")])]


def test_json_keeps_what_is_no_text_and_tells_numbers_as_they_stand() -> None:
    text = '["a", 1.50, 12345678901234567890, true, null, {"b": [], "b": {}}]'
    row = ["a", "1.50", "12345678901234567890", True, None, Mapping([("b", []), ("b", Mapping())])]
    assert read_structure("x.txt", text) == [row]
    assert read_structure("x.json", "12") == ["12"]
    assert read_structure("x.json", "[NaN, Infinity, -Infinity]") == [["NaN", "Infinity", "-Infinity"]]
    assert read_structure("x.txt", '"a"') == []


@pytest.mark.parametrize("suffix", [".jsonl", ".ndjson", ".JSONL"])
def test_a_file_of_rows_is_read_row_by_row(suffix: str) -> None:
    text = '{"a": "b"}\n \n["c"]\n'
    assert read_structure(f"x{suffix}", text) == [Mapping([("a", "b")]), ["c"]]
    assert read_structure("x.json", text) == []


def test_one_object_over_several_lines_is_read_whatever_the_name_says() -> None:
    assert read_structure("x.jsonl", '{"a":\n"b"}') == [Mapping([("a", "b")])]


@pytest.mark.parametrize("path", ["x.xml", "x.config", "x.plist", "x.svg", "x.csproj", "x", "x.yaml", "x.json"])
@pytest.mark.parametrize("space", ["", "\ufeff", " \t\r\n"])
def test_what_begins_as_markup_is_read_as_xml(path: str, space: str) -> None:
    assert read_structure(path, f"{space}<a><b>c</b></a>") == [Mapping([("a", Mapping([("b", "c")]))])]


@pytest.mark.parametrize(
    "suffix", [".html", ".htm", ".md", ".vue", ".svelte", ".php", ".erb", ".j2", ".tpl", ".txt", ".rst", ".HTML"]
)
def test_a_text_with_markup_in_it_is_no_xml_unless_it_says_so(suffix: str) -> None:
    text = "<a><b>c</b></a>"
    nothing: list[Node] = [[]] if suffix == ".md" else []  # a page without a table
    assert read_structure(f"x{suffix}", text) == nothing
    expected = [Mapping([("a", Mapping([("b", "c")]))])]
    assert read_structure(f"x{suffix}", f'<?xml version="1.0"?>{text}') == expected
    assert read_structure(f"x{suffix}", f"<?xmx ?>{text}") == nothing


@pytest.mark.parametrize("path", ["x.yaml", "x.yml", "X.YML", ".condarc"])
def test_a_file_of_this_name_is_read_as_yaml(path: str) -> None:
    (root,) = read_structure(path, "a:\n- b\n")
    assert root == Mapping([("a", ["b"])])
    assert lines_of(root) == [2]


def test_documents_behind_dashes_are_read_as_yaml_whatever_the_name_says() -> None:
    assert read_structure("x.txt", "---\na: b\n---\n- c\n") == [Mapping([("a", "b")]), ["c"]]
    assert read_structure("x.txt", "--\na: b\n") == read_structure("x.txt", "a: b\n") == []


def test_what_begins_like_json_may_still_be_what_its_name_says() -> None:
    assert read_structure("x.yaml", "{a: b}") == [Mapping([("a", "b")])]
    assert read_structure("x.toml", '[a]\nb = "c"') == [Mapping([("a", Mapping([("b", "c")]))])]
    assert read_structure("x.ini", "[a]\nb = c") == [Mapping([("a", Mapping([("b", "c")]))])]
    assert read_structure("x.ini", "<a\nb = c") == [Mapping([("b", "c")])]


@pytest.mark.parametrize("path", ["x.toml", "X.TOML", "Pipfile", "poetry.lock", "uv.lock"])
def test_a_file_of_this_name_is_read_as_toml(path: str) -> None:
    text = 'a = "b"\nc = [1, 2.5]\n[d]\ne = true\n[[f]]\ng = []\n'
    assert read_structure(path, text) == [
        Mapping(
            [
                ("a", "b"),
                ("c", ["1", "2.5"]),
                ("d", Mapping([("e", "True")])),
                ("f", [Mapping([("g", [])])]),
            ]
        )
    ]


@pytest.mark.parametrize("path", ["yarn.lock", "pipfile.txt", "x.tom"])
def test_a_file_of_another_name_is_not_read_as_toml(path: str) -> None:
    assert read_structure(path, 'a = "b"\n') == []


@pytest.mark.parametrize(
    "path",
    [
        *("x.ini", "x.cfg", "x.conf", "x.properties", "x.env", "x.cnf", "x.tfvars", "x.credentials", "x.desktop"),
        *("x.service", "x.config", "X.INI", "credentials", "config", "Config", ".s3cfg", ".boto", ".flaskenv"),
        *(".env", ".env.prod", ".envrc", ".npmrc", ".pypirc", ".my.cnf", ".pip.conf", "bashrc", "d/.bashrc"),
    ],
)
def test_a_file_of_this_name_is_read_line_by_line(path: str) -> None:
    (root,) = read_structure(path, "a = b\n\nc: d\n")
    assert root == Mapping([("a", "b"), ("c", "d")])
    assert lines_of(root) == [1, 3]


@pytest.mark.parametrize("path", ["x.txt", "configs", "env", "x.environment", "rc.d", "x.inix", "Dockerfile", ""])
def test_a_file_of_another_name_is_not_read_line_by_line(path: str) -> None:
    assert read_structure(path, "a = b\n") == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("x.csv", "login,password\n,Xk7!q9\n"),
        ("x.tsv", "login\tpassword\n\tXk7!q9\n"),
        ("x.md", "| login | password |\n|---|---|\n| | Xk7!q9 |\n"),
        ("x.markdown", "| login | password |\n|---|---|\n| | Xk7!q9 |\n"),
        ("x.sql", "INSERT INTO u (login, password) VALUES ('', 'Xk7!q9');\n"),
    ],
)
def test_a_table_is_read_by_its_columns(path: str, text: str) -> None:
    assert read_structure(path, text) == [[Mapping([("login", ""), ("password", "Xk7!q9")])]]
    assert read_structure("x.txt", text) == []
