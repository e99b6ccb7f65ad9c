"""Notices that are recorded by telephone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ivrctl.flow.commands import Submit, SubmitFailed, Submitted
from ivrctl.model.notice import Scope
from ivrctl.model.utterance import Utterance
from ivrctl.model.values import Value
from ivrctl.service.answering import Asker
from ivrctl.service.notices.by_phone import NoticesByPhone
from ivrctl.service.notices.notices import Notices

from .conftest import NOON, Office, wav

LEG = "pbx-1795338545.1-1795338545123"
ASKER = Asker(LEG, "+8613800138000", "100")


def asked(*, key: str = "desk/notice[3]#0", language: str = "zh", seconds: float = 5, **params: Value) -> Submit:
    given = {"recording": "voicemail-2", "line": None, "region": None, "lasts": timedelta(hours=2), "reason": "fault 7"}
    moment = Utterance(language, ("请稍候。",))
    return Submit("notice", {**given, **params}, key, timedelta(seconds=seconds), moment)


@pytest.fixture
def notices(office: Office) -> Notices:
    return office.process()


@pytest.fixture
def by_phone(office: Office, notices: Notices, tmp_path: Path) -> NoticesByPhone:
    (tmp_path / f"{LEG}-voicemail-2.wav").write_bytes(wav())
    return NoticesByPhone(notices, lambda: office.program.site, tmp_path)


async def test_message_of_this_leg_becomes_a_notice(by_phone: NoticesByPhone, notices: Notices, office: Office) -> None:
    """In the language of the call, and the other languages are waived; its author is the caller."""
    assert await by_phone.submit(asked(), ASKER) == Submitted()
    [notice] = notices.current()
    assert (notice.author, notice.reason, notice.ends) == ("+8613800138000", "fault 7", NOON + timedelta(hours=2))
    assert list(notice.recordings) == ["zh"]
    assert notice.texts == {"zh": "fault 7"}
    assert office.slots == {"all-1": wav()[44:]}


@pytest.mark.parametrize("recording", ["voicemail-2", f"{LEG}-voicemail-2", f"{LEG}-voicemail-2.wav"])
async def test_message_is_named_by_its_hand_off_or_its_file(by_phone: NoticesByPhone, recording: str) -> None:
    """Whichever a flow has of it."""
    assert await by_phone.submit(asked(recording=recording), ASKER) == Submitted()


async def test_notice_by_phone_is_for_a_line(by_phone: NoticesByPhone, notices: Notices) -> None:
    """Where the flow says one."""
    await by_phone.submit(asked(line="1023"), ASKER)
    assert notices.current()[0].scope == Scope(lines=frozenset({"1023"}))


async def test_asked_again_it_makes_one(by_phone: NoticesByPhone, notices: Notices, office: Office) -> None:
    """After a loss of the controller the flow submits once more, with the same key."""
    await by_phone.submit(asked(), ASKER)
    other = NoticesByPhone(office.process(), lambda: office.program.site, by_phone.recordings)
    assert await other.submit(asked(), ASKER) == Submitted()
    assert len(notices.current()) == 1


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"recording": "../../etc/passwd"}, "it is no message that was recorded in this call"),
        ({"recording": "voicemail-2/../x"}, "it is no message that was recorded in this call"),
        ({"recording": "pbx-1.2-3-voicemail-2"}, "it is no message that was recorded in this call"),
        ({"recording": "voicemail-9"}, "No such file or directory"),
        ({"recording": None, "reason": ""}, "the notice says nothing, in no language"),
        ({"lasts": None}, "the notice has no end"),
        ({"line": "999"}, 'no line of the site has the number "999"'),
        ({"region": "moon"}, 'the site has no region "moon"'),
    ],
)
async def test_what_cannot_be_announced_fails(
    by_phone: NoticesByPhone, notices: Notices, params: dict[str, Value], told: str
) -> None:
    """The flow says so to the caller; the record says why."""
    assert await by_phone.submit(asked(**params), ASKER) == SubmitFailed(told)
    assert notices.current() == ()


async def test_silent_message_is_not_announced(by_phone: NoticesByPhone, tmp_path: Path) -> None:
    """Somebody who pressed the key too early."""
    (tmp_path / f"{LEG}-voicemail-2.wav").write_bytes(wav(bytes(16000)))
    assert await by_phone.submit(asked(), ASKER) == SubmitFailed(
        "the recording in zh is silent: nothing can be heard in it"
    )


async def test_without_a_folder_of_recordings_nothing_is_announced(by_phone: NoticesByPhone, office: Office) -> None:
    """The reason names the key that is missing."""
    nowhere = NoticesByPhone(by_phone.notices, lambda: office.program.site, None)
    assert await nowhere.submit(asked(), ASKER) == SubmitFailed("nobody says where recordings lie")


async def test_deadline_of_the_question_holds(by_phone: NoticesByPhone) -> None:
    """A caller does not wait for a disk that hangs."""
    assert await by_phone.submit(asked(seconds=0), ASKER) == SubmitFailed("it was not made within 0 s")


async def test_withheld_number_is_an_author_too(by_phone: NoticesByPhone, notices: Notices) -> None:
    """He was let in by a PIN, not by his number."""
    await by_phone.submit(asked(), Asker(LEG, "", "100"))
    assert notices.current()[0].author == "a withheld number"
