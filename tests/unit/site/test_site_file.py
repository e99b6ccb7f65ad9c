from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ivrctl.lang.findings import Findings
from ivrctl.lang.loader import load
from ivrctl.lang.types import ListOf, Record
from ivrctl.site.check import bind_site
from ivrctl.site.site_file import Site

TEXT = (Path(__file__).parents[2] / "golden" / "flow" / "ivrctl.yaml").read_text()


def _bound(text: str) -> tuple[Site | None, list[str]]:
    findings = Findings()
    (node,) = load(text.encode(), "ivrctl.yaml", findings)
    site = bind_site(node, findings)
    return site, [item.rule for item in findings.sorted()]


def _site(text: str = TEXT) -> Site:
    site, rules = _bound(text)
    assert rules == []
    assert site is not None
    return site


def test_site_says_what_its_file_says() -> None:
    """The parts of the file are where flows look for them."""
    site = _site()
    assert (site.site, site.time_zone, site.default_language, site.currency) == ("golden", "Asia/Shanghai", "en", "CNY")
    assert site.queues["sales"].keys == ("1", "2")
    assert str(site.lookups["balance"].returns["due"]) == "date?"


def test_keying_has_its_defaults() -> None:
    """A site that says nothing of keys gives five seconds, three between, three tries."""
    keying = _site().keying
    assert (keying.first_digit, keying.between, keying.attempts) == (timedelta(seconds=5), timedelta(seconds=3), 3)


@pytest.mark.parametrize(
    ("extension", "dial_string"),
    [("8101", "PJSIP/8101"), ("8199", "PJSIP/8199"), ("8201", None), ("", None), ("_81XX", None), ("8101&boss", None)],
)
def test_extension_is_dialled_by_its_pattern(extension: str, dial_string: str | None) -> None:
    """A number of the pattern has its dial string; nothing else is dialled, whatever stands in it."""
    assert _site().dial_string(extension) == dial_string


def test_exact_extension_wins_over_its_pattern() -> None:
    """One extension of a range can be somewhere else."""
    site = _site(TEXT.replace("  _81XX: PJSIP/{extension}", '  _81XX: PJSIP/{extension}\n  "8150": Local/8150@desk/n'))
    assert site.dial_string("8150") == "Local/8150@desk/n"
    assert site.dial_string("8151") == "PJSIP/8151"


@pytest.mark.parametrize(
    "statement",
    [
        "select amount, overdue, due from balances where number = :number;",
        "with mine as (select * from balances where number = :number) select * from mine",
        "select amount, 'insert; delete' as overdue, due from balances where number = :number",
        "select replace(amount, ',', '.') as amount, overdue, due from b where number = :number",
        "select amount::text as amount, overdue, due from balances where number = :number",
        "select amount, overdue, due /* update: none */ from balances where number = :number -- drop",
        "SELECT amount, overdue, created_at AS due FROM balances WHERE number = :number",
    ],
)
def test_statement_that_reads_is_accepted(statement: str) -> None:
    """Words of writing inside quotes, comments and other words do not make a statement write."""
    assert (
        _bound(TEXT.replace("select amount, overdue, due from balances where number = :number", f'"{statement}"'))[1]
        == []
    )


@pytest.mark.parametrize(
    "statement",
    [
        "delete from balances where number = :number",
        "select amount into copy_of from balances where number = :number",
        "select 1; drop table balances where :number",
        "pragma writable_schema = :number",
        "replace into balances values (:number)",
        "with x as (insert into t values (:number) returning *) select * from x",
        "explain select :number",
        "",
    ],
)
def test_statement_that_writes_is_refused(statement: str) -> None:
    """A lookup is asked again after a loss, so it must not change anything."""
    rules = _bound(TEXT.replace("select amount, overdue, due from balances where number = :number", f'"{statement}"'))[
        1
    ]
    assert rules == ["IVR204"]


@pytest.mark.parametrize(
    ("url", "is_refused"),
    [
        ("postgresql://ivr:s3cret@db.example/shop", True),
        ("postgresql://ivr@db.example/shop", False),
        ("postgresql://db.example/shop?password=x", True),
        ("sqlite:shop.sqlite", False),
        ("postgresql://ivr:@db.example/shop", True),
    ],
)
def test_credential_has_no_place_in_the_file(url: str, is_refused: bool) -> None:
    """A password stands in the environment or a file of its own."""
    _site_or_none, rules = _bound(TEXT.replace("sqlite:shop.sqlite", url))
    assert rules == (["IVR203"] if is_refused else [])


@pytest.mark.parametrize(
    "dial",
    ["PJSIP/{extension}", "Local/{extension}@from-internal/n", "PJSIP/trunk-1/0{extension}", "DAHDI/g1/{extension}"],
)
def test_usual_dial_strings_are_accepted(dial: str) -> None:
    """Technology and resource, as Dial() takes them."""
    assert _bound(TEXT.replace("PJSIP/{extension}", f'"{dial}"'))[1] == []


@pytest.mark.parametrize(
    "dial",
    [
        "PJSIP",
        "PJSIP/",
        "PJSIP/{extension}&PJSIP/1",
        "PJSIP/{extension},30,g",
        "PJSIP/${EXTEN}",
        "PJSIP/{extension}{extension}",
        "{extension}/8101",
    ],
)
def test_dial_string_that_says_more_is_refused(dial: str) -> None:
    """Nothing that Dial() would read as a second target, an option or a variable."""
    assert _bound(TEXT.replace("PJSIP/{extension}", f'"{dial}"'))[1] == ["IVR206"]


def test_lookup_with_rows_answers_a_list_of_its_row() -> None:
    """What a flow saves of it has the type of a list, whose items are rows of the declared fields."""
    one, several = (
        _site(),
        _site(TEXT.replace("    params: {number: phone}\n", "    params: {number: phone}\n    rows: 9\n", 1)),
    )
    row = one.lookups["balance"].answer
    assert isinstance(row, Record)
    assert several.lookups["balance"].answer == ListOf(row)


def test_a_queue_may_be_named_by_a_number() -> None:
    """FreePBX names its queues so; what could be an argument of its own is refused as ever."""
    assert "600" in _site(TEXT.replace("  sales:", "  600: {}\n  sales:")).queues
    assert _bound(TEXT.replace("  sales:", '  "-c": {}\n  sales:'))[1] == ["IVR206"]
    assert _bound(TEXT.replace("  sales:", '  "600,c": {}\n  sales:'))[1] == ["IVR206"]


AGENTS = """
profiles:
  both: {sales: 1, support: 1}
agents:
  "8101": {name: Li Na, profile: both}
  "8102": {name: Wang Wei, profile: both, queues: {support: 0}}
  "8103": {name: Zhao Lei, queues: {sales: 0}}
"""


def test_an_agent_serves_the_queues_of_his_profile_and_what_he_says_himself_counts_before_it() -> None:
    """Whoever reads the agents of a site sees their queues, whichever way they are written."""
    agents = _site(TEXT + AGENTS).agents
    assert {number: dict(agent.queues) for number, agent in agents.items()} == {
        "8101": {"sales": 1, "support": 1},
        "8102": {"sales": 1, "support": 0},
        "8103": {"sales": 0},
    }
