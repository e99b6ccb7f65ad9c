"""Sites whose languages and currencies can be spoken, and others."""

from __future__ import annotations

from pathlib import Path

from ivrctl.service.compiling import RULES, compile_spoken

FLOWS = Path(__file__).parents[3] / "flows"


def _compiled(old: str, new: str) -> list[tuple[str, str, str | None]]:
    files = {path.name: path.read_bytes() for path in FLOWS.glob("*.yaml")}
    files["ivrctl.yaml"] = files["ivrctl.yaml"].decode().replace(old, new).encode()
    program, findings = compile_spoken(files)
    assert (program is None) == findings.has_errors
    return [(finding.rule, finding.message, finding.advice) for finding in findings.sorted()]


def test_demo_site_can_be_spoken() -> None:
    """Chinese, English and yuan are known."""
    assert _compiled("currency: CNY", "currency: CNY") == []


def test_currency_without_words_is_found() -> None:
    """It has a place and advice, once, however many languages the site has."""
    assert _compiled("currency: CNY", "currency: CHF") == [
        (
            "IVR209",
            'amounts in CHF cannot be spoken in the language "zh"',
            'expected one of "CNY", "EUR", "GBP", "HKD", "JPY", "USD"',
        )
    ]
    assert "IVR209" in RULES


def test_language_without_a_tongue_is_found() -> None:
    """A site whose numbers nobody can say does not compile."""
    site = """
site: post
time_zone: UTC
languages: [tlh]
currency: USD
numbers: {country: US}
prompts: {no_input: {tlh: a}, no_match: {tlh: b}, one_moment: {tlh: c}, fallback: {tlh: d}}
"""
    flow = 'lines: {"1": start}\nsteps: {start: [{hangup: served}]}\n'
    program, findings = compile_spoken({"ivrctl.yaml": site.encode(), "post.ivr.yaml": flow.encode()})
    assert program is None
    assert [(finding.rule, finding.span.line) for finding in findings.sorted()] == [("IVR209", 4)]
