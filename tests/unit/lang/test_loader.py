"""What the loader accepts, what it refuses, and where it says things stand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.lang import loader
from ivrctl.lang.decoding import MAX_BYTES, lines_of
from ivrctl.lang.findings import Finding, Findings
from ivrctl.lang.loader import load
from ivrctl.lang.source import MappingNode, Node, ScalarNode, SequenceNode, Span


def loaded(source: bytes | str) -> tuple[tuple[Node, ...], list[Finding]]:
    findings = Findings()
    content = source.encode() if isinstance(source, str) else source
    return load(content, "a.yaml", findings), findings.sorted()


def only(source: str) -> Node:
    documents, findings = loaded(source)
    assert not findings
    return documents[0]


def value(source: str) -> ScalarNode:
    node = only(source)
    assert isinstance(node, MappingNode)
    scalar = node.entries[0][1]
    assert isinstance(scalar, ScalarNode)
    return scalar


def rules(source: bytes | str) -> list[str]:
    return [finding.rule for finding in loaded(source)[1]]


@pytest.mark.parametrize(
    "written", ["0042", "17:30", "no", "0101234567", "+8613800138000", "100_1", "1e3", "0x1F", "2026-02-14", "=", "3.0"]
)
def test_plain_scalars_stay_as_written(written: str) -> None:
    """No scalar is resolved to a number, a boolean, a date or a sexagesimal."""
    assert value(f"key: {written}\n").text == written


@pytest.mark.parametrize("written", ["", "~", "null", "Null"])
def test_empty_fields_are_null(written: str) -> None:
    """A field without a value, and null by name, are null."""
    assert value(f"key: {written}\n").is_null


@pytest.mark.parametrize("written", ['""', "'~'", '"null"'])
def test_quoted_scalars_are_never_null(written: str) -> None:
    """What stands in quotes is text."""
    assert not value(f"key: {written}\n").is_null


def test_every_document_becomes_one_node() -> None:
    """Documents are separated by ---, as scenario files have them."""
    documents, findings = loaded("a: 1\n---\nb: 2\n---\n- c\n")
    assert [type(node) for node in documents] == [MappingNode, MappingNode, SequenceNode]
    assert not findings


def test_a_scalar_is_located_in_characters_from_one() -> None:
    """Columns count characters, not bytes, so that editors jump to the right place."""
    node = only("标题: 您好\n")
    assert isinstance(node, MappingNode)
    key, text = node.entries[0]
    assert isinstance(text, ScalarNode)
    assert key.span == Span("a.yaml", 1, 1, 1, 3)
    assert text.span == Span("a.yaml", 1, 5, 1, 7)


def test_a_byte_order_mark_moves_no_column() -> None:
    """A file saved with a byte order mark is located as if it had none."""
    documents, findings = loaded(b"\xef\xbb\xbfkey: value\n")
    assert not findings
    assert documents[0].span == Span("a.yaml", 1, 1, 1, 11)


def test_a_block_mapping_ends_with_its_last_value() -> None:
    """The span of a mapping does not reach into the blank lines and comments after it."""
    node = only("a:\n  b: 1\n  c: 22\n\n# the rest\nd: 3\n")
    assert isinstance(node, MappingNode)
    assert node.entries[0][1].span == Span("a.yaml", 2, 3, 3, 8)


def test_a_flow_mapping_ends_with_its_brace() -> None:
    """The span of a mapping in braces covers the braces, and the node knows how it was written."""
    node = only("a: {b: 1}\n")
    assert isinstance(node, MappingNode)
    inner = node.entries[0][1]
    assert isinstance(inner, MappingNode)
    assert inner.is_flow
    assert inner.span == Span("a.yaml", 1, 4, 1, 10)


def test_a_duplicate_key_keeps_the_first_and_names_both_places() -> None:
    """The rest of a file with a duplicate key is still checked."""
    documents, findings = loaded("a: 1\nb: 2\na: 3\n")
    assert [finding.rule for finding in findings] == ["IVR003"]
    assert findings[0].span.line == 3
    assert "1:1" in findings[0].message
    node = documents[0]
    assert isinstance(node, MappingNode)
    assert [(key.text, item.text) for key, item in node.entries if isinstance(item, ScalarNode)] == [
        ("a", "1"),
        ("b", "2"),
    ]


@pytest.mark.parametrize("source", ["a: &x 1\n", "a: &x [1]\n", "a: !t 1\n", "a: !t {b: 1}\n", "<<: {a: 1}\n"])
def test_yaml_beyond_plain_trees_is_refused(source: str) -> None:
    """Anchors, tags and merge keys leave no tree."""
    documents, findings = loaded(source)
    assert documents == ()
    assert [finding.rule for finding in findings] == ["IVR004"]


def test_a_quoted_merge_key_is_an_ordinary_key() -> None:
    """Only the unquoted << has a meaning in YAML."""
    assert rules('"<<": a\n') == []


@pytest.mark.parametrize("escape", ["\\0", "\\x1b", "\\r", "\\N", "\\L", "\\ufeff", "\\x85"])
def test_an_escape_cannot_bring_in_an_invisible_character(escape: str) -> None:
    """What cannot stand in the file cannot be written as an escape either: names and texts reach other programs."""
    assert rules(f'a: "x{escape}"\n') == ["IVR001"]


@pytest.mark.parametrize("escape", ["\\n", "\\t", "\\u60a8", '\\"', "\\\\"])
def test_an_escape_of_a_visible_character_is_read(escape: str) -> None:
    """Line breaks, tabs and letters may be escaped."""
    assert rules(f'a: "x{escape}"\n') == []


def test_a_tag_with_a_long_name_is_located_in_its_line() -> None:
    """The place of a tag is what stands in the file, not what a directive makes of it."""
    findings = loaded("%TAG ! tag:example.com,2000:\n--- \na: !b\n")[1]
    assert [finding.span for finding in findings] == [Span("a.yaml", 3, 4, 3, 6)]


def test_an_alias_bomb_is_two_findings_however_large() -> None:
    """Nothing is expanded, and each kind of refusal is told once."""
    lines = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 200)]
    assert rules("\n".join(lines)) == ["IVR004", "IVR004"]


def test_ten_megabytes_are_refused_unread() -> None:
    """The size is looked at before anything else."""
    assert rules(b"a: 1\n" * (2 * 1024 * 1024)) == ["IVR005"]


def test_a_file_of_exactly_the_limit_is_read() -> None:
    """The bound itself is allowed."""
    assert rules(b"a: " + b"x" * (MAX_BYTES - 4) + b"\n") == []


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_is_one_finding(opening: str) -> None:
    """3,000 brackets are refused at the first that is too deep, without recursion."""
    assert rules("a:\n " + opening * 3000) == ["IVR005"]


def test_too_many_values_are_one_finding() -> None:
    """A flat file with more values than any flow has is refused."""
    assert rules("- a\n" * 60_000) == ["IVR005"]


@pytest.mark.parametrize(
    "source",
    [b"", b"\n\n", b"# only words\n", b"\xef\xbb\xbf", b"   ", b"\xff\xfe\x00", b"a: \x00\n", b"a: \x85\n", b"\x80"],
)
def test_what_is_no_text_is_unreadable(source: bytes) -> None:
    """Empty, binary and wrongly encoded files are told as such."""
    assert rules(source) == ["IVR001"]


@pytest.mark.parametrize(
    "source",
    [
        '"1": a\n#: b\n',
        '{"1": a, #: b\n}\n',
        "choices:\n  #: b\n",
        "a: 'x'  \n\t#: b\n",
    ],
)
def test_a_comment_that_was_meant_as_the_hash_key_is_refused(source: str) -> None:
    """The key that YAML swallows is found, whether or not the rest is well-formed."""
    assert rules(source) == ["IVR002"]


@pytest.mark.parametrize(
    "source",
    [
        "a: |\n  #: x\n  y\n",
        "a: |\n  y\n  #: x",
        'a: "y\n  #: x"\n',
        'a: "b, #: c"\n',
        "a: b # see {x, #: y}\n",
        '# {"1": a, #: b}\na: b\n',
        '"#": a\n',
        "a: b\n#:c\n",
    ],
)
def test_a_hash_and_a_colon_elsewhere_are_no_key(source: str) -> None:
    """Texts and comments may hold the two characters."""
    assert rules(source) == []


def test_the_pure_parser_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PyYAML was built without libyaml, the same nodes come out."""
    source = b'a: 0042\nb: {c: [x, "y"], d: |\n  text\n  }\n'
    source = b'a: 0042\nb: {c: [x, "y"]}\nd: |\n  text\ne:\n'
    fast = load(source, "a.yaml", Findings())
    monkeypatch.setattr(loader, "_PARSER", yaml.SafeLoader)
    assert load(source, "a.yaml", Findings()) == fast


@pytest.mark.parametrize(
    "source",
    [
        "*: a\n",
        "a: @b\n",
        'a: "b\n',
        "a: [b\n",
        "a\nb: c\n",
        "a: b: c\n",
        "a:\n  b: 1\n c: 2\n",
        'a: "\\d"\n',
        "\ta: b\n",
    ],
)
def test_the_pure_parser_is_explained_too(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its complaints, worded differently, get the same message."""
    fast = loaded(source)[1]
    monkeypatch.setattr(loader, "_PARSER", yaml.SafeLoader)
    assert [(found.rule, found.message) for found in loaded(source)[1]] == [(item.rule, item.message) for item in fast]


def spans(node: Node) -> Iterator[Span]:
    yield node.span
    match node:
        case SequenceNode(items=items):
            for item in items:
                yield from spans(item)
        case MappingNode(entries=entries):
            for key, item in entries:
                yield key.span
                yield from spans(item)
        case ScalarNode():
            pass


def lies_within(span: Span, lines: list[str]) -> bool:
    begins = 1 <= span.line <= len(lines) and 1 <= span.column <= len(lines[span.line - 1]) + 1
    ends = span.line <= span.end_line <= len(lines) and 1 <= span.end_column <= len(lines[span.end_line - 1]) + 1
    return begins and ends and (span.line, span.column) <= (span.end_line, span.end_column)


# Pieces that YAML gives a meaning to, so that what is made of them is often nearly well-formed.
MARKS = "{}[]:,-#*&!|>?%@`\"'~<\\= \t\n\ufeff\u2028a0é您\U0001f600"
PIECES = st.sampled_from(
    [
        *MARKS,
        *("\n  ", "\n    ", ": ", "- ", "zh", "---\n", "...\n", "#: x", "\r\n", "&a ", "*a ", "!!str ", "? ", "|\n  "),
    ]
)
YAML_LIKE = st.lists(PIECES, max_size=40).map("".join)


# SAFETY: nothing that a user can save makes the loader raise, and every place it names exists.


@given(st.binary(max_size=200))
def test_arbitrary_bytes_never_raise(source: bytes) -> None:
    """Any bytes give documents or findings."""
    documents, findings = loaded(source)
    assert documents or findings


@given(YAML_LIKE | st.text(max_size=100))
def test_every_span_lies_within_its_file(source: str) -> None:
    """Nodes and findings of any text stand where that text has lines and columns."""
    encoded = source.encode("utf-8", errors="surrogatepass")
    documents, findings = loaded(encoded)
    assert documents or findings
    lines = lines_of(encoded.decode("utf-8", errors="replace").removeprefix("\ufeff"))
    for span in [span for node in documents for span in spans(node)] + [finding.span for finding in findings]:
        assert lies_within(span, lines), span


@given(YAML_LIKE | st.sampled_from(['a: "\\UFFFFFFFF"', 'a: "\\ud800"', 'a: "\\U00110000"']))
def test_the_pure_parser_never_raises_either(source: str) -> None:
    """Where libyaml is missing, any text still gives documents or findings in their places."""
    encoded = source.encode()
    lines = lines_of(source.removeprefix("\ufeff"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loader, "_PARSER", yaml.SafeLoader)
        documents, findings = loaded(encoded)
    assert documents or findings
    for span in [span for node in documents for span in spans(node)] + [finding.span for finding in findings]:
        assert lies_within(span, lines), span


TREES = st.recursive(
    st.text(st.characters(categories=("L", "N", "P", "S", "Zs"), exclude_characters="\u0085\u2028\u2029"), min_size=1),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc您#*:", min_size=1), inner, max_size=4),
    max_leaves=20,
)


@given(TREES, st.booleans())
def test_a_written_tree_is_read_back(tree: object, flow: bool) -> None:
    """What PyYAML writes of texts, lists and mappings comes back as it was, in either style."""
    written = yaml.safe_dump(tree, allow_unicode=True, default_flow_style=flow, default_style='"')
    documents, findings = loaded(written)
    assert not findings
    assert plain(documents[0]) == tree


def plain(node: Node) -> object:
    match node:
        case ScalarNode(text=text):
            return text
        case SequenceNode(items=items):
            return [plain(item) for item in items]
        case MappingNode(entries=entries):
            return {key.text: plain(item) for key, item in entries}
