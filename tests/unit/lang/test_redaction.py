"""What a report does not repeat."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.lang.findings import Findings
from ivrctl.lang.redaction import HIDDEN, holds_password, without_passwords
from ivrctl.lang.report import render_github, render_json, render_text
from ivrctl.lang.source import Span

CANARY = "c4nary"


@pytest.mark.parametrize(
    "line",
    [
        'url: "postgresql://ivr:c4nary@db/shop"',
        "url: postgresql://ivr:c4/na,ry@db/shop",
        "url: postgresql://db/shop?user=ivr&password=c4nary",
        "url: postgresql://db/shop?sslpassword=c4nary",
        "ami: {user: ivrctl, secret: c4nary}",
        '"secret": "c4nary"',
        "Password: c4nary",
        "passwd = c4nary",
        "pin: {type: secret, value: c4nary}",
    ],
)
def test_line_with_a_password_is_known(line: str) -> None:
    """By the form of a URL, or by the name of a key."""
    assert holds_password(line)


@pytest.mark.parametrize(
    "line",
    [
        "url: postgresql://db.example:5432/shop",
        "url: {env: SHOP_URL}",
        "secret: {env: IVRCTL_AMI_SECRET}",
        "secret: {file: ami.secret}",
        "- collect: {prompt: Your PIN., digits: 4, secret: true}",
        "params: {number: phone, password: secret}",
        "- play: {en: The secret of our pizza is time.}",
        "mail: ann@example.com",
    ],
)
def test_line_that_only_names_one_is_shown(line: str) -> None:
    """A finding without its line helps less: what holds no password is shown."""
    assert not holds_password(line)


def test_message_ends_its_quotation_where_a_password_begins() -> None:
    """Whichever part of a URL it quotes; a port is none, nor what stands behind another quotation."""
    assert without_passwords('not "postgresql://ivr:c4nary@db/shop"; x') == 'not "postgresql://ivr:…"; x'
    assert without_passwords('not "postgresql://ivr:c4na…", "x"') == 'not "postgresql://ivr:…", "x"'
    assert without_passwords('not "http://db/x?password=c4nary"') == 'not "http://db/x?password=…"'
    assert without_passwords('"http://db:8080/x" and "http://db:80"') == '"http://db:8080/x" and "http://db:80"'


def test_line_that_one_finding_hides_is_shown_for_none() -> None:
    """Two findings in one line, or one that ends in the first line of the other."""
    findings = Findings()
    findings.error("IVR203", Span("a", 1, 1, 2, 5), "hidden", hides_line=True)
    findings.error("IVR010", Span("a", 2, 1, 2, 2), "other")
    findings.error("IVR010", Span("a", 3, 1, 3, 2), "third")
    report = render_text(findings, {"a": f"{CANARY}\n{CANARY}\nshown\n"})
    assert CANARY not in report
    assert report.count(HIDDEN) == 2
    assert "    3 | shown\n" in report


# SAFETY: no form of a report repeats a password of a URL.


@given(st.from_regex(r"[a-z0-9_%.!$-]{6,30}", fullmatch=True), st.integers(0, 60), st.booleans())
def test_no_report_repeats_the_password_of_a_url(rest: str, cut: int, is_quoted: bool) -> None:
    """In its line, in a message that quotes all of it or a beginning, and in an advice."""
    password = f"Zq{rest}"
    url = f"postgresql://ivr:{password}@db/shop"
    quoted = f'"{url[: len(url) - cut]}…"' if is_quoted else url
    findings = Findings()
    findings.error("IVR012", Span("a", 1, 1, 1, 9), f"a mapping is due, not {quoted}", f"write {quoted}")
    told = render_text(findings, {"a": f"shop: {url}\n"}) + render_json(findings) + render_github(findings)
    assert password not in told
    assert f"Zq{rest[:4]}" not in told
    assert json.loads(render_json(findings))["findings"][0]["rule"] == "IVR012"
