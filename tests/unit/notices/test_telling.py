"""Authors are told by a submission of the site that their notice ends soon, and that it has ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from ivrctl.model.notice import Notice
from ivrctl.model.notice_board import BY_TIME, Change, Happened
from ivrctl.service.compiling import compile_spoken
from ivrctl.service.notices.telling import AuthorTold
from ivrctl.site.site_file import Site

from .conftest import FLOW, NOON, SITE

REMIND = """
databases: {shop: {url: "sqlite:shop.sqlite"}}
submissions:
  sms:
    database: shop
    sql: insert into sms values (:key, :author, :text, :ends) on conflict do nothing
    params: {author: text, text: text, ends: text}
notices: {remind: {before: 20m, to: sms}}
"""
NOTICE = Notice("n1", {"en": "Down.", "zh": "故障"}, NOON, NOON + timedelta(hours=2), author="duty")


def site(more: str) -> Site:
    program, findings = compile_spoken({"ivrctl.yaml": (SITE + more).encode(), "main.ivr.yaml": FLOW.encode()})
    assert program is not None, [finding.message for finding in findings.items]
    return program.site


async def handed(change: Change, more: str = REMIND) -> list[tuple[str, str, Mapping[str, str]]]:
    told: list[tuple[str, str, Mapping[str, str]]] = []

    async def hand(key: str, submission: str, params: Mapping[str, str]) -> None:
        told.append((key, submission, params))

    serving = site(more)
    await AuthorTold(lambda: serving, hand)(change)
    return told


async def test_author_is_handed_what_the_submission_takes() -> None:
    """In the first language of the site that the notice has, and the site's time."""
    params = {"author": "duty", "text": "故障", "ends": "2026-11-20 14:00"}
    for happened in (Happened.REMINDED, Happened.EXPIRED):
        change = Change(happened, NOON, BY_TIME, before=NOTICE)
        assert await handed(change) == [(f"notice/n1/{happened}/20261120T060000", "sms", params)]


async def test_site_that_names_no_submission_tells_nobody() -> None:
    """The log says it all the same."""
    assert await handed(Change(Happened.EXPIRED, NOON, BY_TIME, before=NOTICE), more="") == []
