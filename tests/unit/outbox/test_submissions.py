"""What a flow submits is taken once it is on the disk, or it is told why not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from ivrctl.adapters.outbox import Outbox
from ivrctl.flow.commands import Answer, Submit, SubmitFailed, Submitted
from ivrctl.model.utterance import Utterance
from ivrctl.service.answering import Asker
from ivrctl.service.submissions import OutboxSubmissions

from .conftest import NOW, SITE, site

CALLER = Asker("leg-1", "+8613800138000", "100")
LONGEST = timedelta(minutes=10)


def _submit(name: str = "ticket", key: str = "main/start[0]#1", seconds: float = 5, text: str = "hello") -> Submit:
    return Submit(name, {"text": text, "count": None}, key, timedelta(seconds=seconds), Utterance("en", ()))


@pytest.fixture
async def outbox(tmp_path: Path) -> AsyncIterator[Outbox]:
    opened = Outbox(tmp_path / "outbox.sqlite", clock=lambda: NOW)
    yield opened
    await opened.close()


@pytest.fixture
def submissions(outbox: Outbox) -> OutboxSubmissions:
    return OutboxSubmissions(site(), outbox, lambda: NOW)


async def test_taken_is_what_is_on_the_disk(submissions: OutboxSubmissions, outbox: Outbox) -> None:
    """Its key is the leg's with the place and the visit; it is the time at which it was handed over."""
    assert await submissions.submit(_submit(), CALLER) == Submitted()
    [entry] = await outbox.due("ticket", NOW, LONGEST, 10)
    assert (entry.key, entry.at) == ("leg-1/main/start[0]#1", NOW)
    assert entry.params == {"text": "hello", "count": None}


async def test_call_that_resumes_is_taken_and_there_once(submissions: OutboxSubmissions, outbox: Outbox) -> None:
    """The same key is the same thing; of another leg it is another."""
    for asker in (CALLER, CALLER, Asker("leg-2", "", "100")):
        assert await submissions.submit(_submit(), asker) == Submitted()
    entries = await outbox.due("ticket", NOW, LONGEST, 10)
    assert [entry.key for entry in entries] == ["leg-1/main/start[0]#1", "leg-2/main/start[0]#1"]


async def test_number_goes_out_as_the_site_writes_numbers(outbox: Outbox) -> None:
    """A param that is a phone number has the form that the site's databases know."""
    text = SITE.replace("count: number?", "count: phone").replace("country: CN", "country: CN, spoken_as: national")
    submit = Submit("ticket", {"text": "a", "count": CALLER.caller}, "k", timedelta(seconds=5), Utterance("en", ()))
    await OutboxSubmissions(site(text), outbox, lambda: NOW).submit(submit, CALLER)
    assert [entry.params["count"] for entry in await outbox.due("ticket", NOW, LONGEST, 10)] == ["13800138000"]


async def test_what_cannot_be_kept_is_told(submissions: OutboxSubmissions) -> None:
    """Too large, or too late for the flow: it says so, in words."""
    answer = await submissions.submit(_submit(text="x" * 70_000), CALLER)
    assert answer == SubmitFailed("its parameters have 70 kB, and at most 64 are kept")
    assert await submissions.submit(_submit(seconds=0), CALLER) == SubmitFailed("it was not kept within 0 s")


async def test_announcement_goes_to_who_makes_it(outbox: Outbox) -> None:
    """``notice`` is no submission of the site; where nobody makes announcements it has failed."""

    class Maker:
        async def submit(self, question: Submit, _asker: Asker) -> Answer:
            return SubmitFailed(f"{question.submission} was asked")

    without = OutboxSubmissions(site(), outbox, lambda: NOW)
    assert await without.submit(_submit("notice"), CALLER) == SubmitFailed("no announcements are made here")
    made = OutboxSubmissions(site(), outbox, lambda: NOW, Maker())
    assert await made.submit(_submit("notice"), CALLER) == SubmitFailed("notice was asked")
