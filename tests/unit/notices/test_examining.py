"""What is wrong with a notice is told, all of it at once, and nothing is kept of it."""

from __future__ import annotations

import pytest

from ivrctl.model.notice import Scope
from ivrctl.service.notices import Draft, Kept, Refused

from .conftest import Office, draft, wav

SUCH_AS = "write it such as 2026-11-20 18:00"


def only(**named: str) -> Scope:
    return Scope(**{kind: frozenset({name}) for kind, name in named.items()})


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (draft(lasts=None), "the notice has no end; every notice ends: say until when, or for how long"),
        (draft(ends="2026-11-20 18:00"), "the notice has an end and a length; give one of them"),
        (
            draft(lasts=None, ends="2026-11-20 11:00"),
            "the end, 2026-11-20 11:00, is over; give one that lies ahead",
        ),
        (
            draft(lasts=None, starts="2026-11-21 18:00", ends="2026-11-20 18:00"),
            "the notice ends at 2026-11-20 18:00, before it begins; give a later end",
        ),
        (
            draft(lasts="31d"),
            "the notice would last until 2026-12-21 12:00; 30 days are possible; what is to last belongs into the flow",
        ),
        (draft(starts="2028-01-01"), "the notice would begin at 2028-01-01 00:00; within a year is possible"),
        (draft(lasts="soon"), '"soon" is not a duration; write a number and ms, s, m, h or d, such as 3s'),
        (draft(lasts="0s"), "the notice would last no time at all; such as 2h"),
        (draft(lasts=None, ends="tonight"), '"tonight" is no time; ' + SUCH_AS),
        (
            draft(lasts=None, ends="0001-01-01 00:00+14:00"),
            '"0001-01-01 00:00+14:00" is no time of ours; ' + SUCH_AS,
        ),
        *(
            (draft(**asked), f'"{time}" is no time of ours; ' + SUCH_AS)
            for time in ("9999-12-31 23:30+00:00", "9999-12-31", "2199-01-01")
            for asked in ({"lasts": None, "ends": time}, {"starts": time, "lasts": None, "ends": "2026-11-20 18:00"})
        ),
        (draft(starts="9999-12-31", lasts="10d"), '"9999-12-31" is no time of ours; ' + SUCH_AS),
        (
            draft(texts=None),
            "the notice says nothing, in no language; give a text or a recording in each: zh: …, en: …",
        ),
        (
            draft(texts={"zh": "故障"}),
            "the notice lacks en; say it in each language of the site, or waive it on purpose",
        ),
        (
            draft(texts={"zh": "故障", "en": "Down", "de": "Ausfall"}),
            'the site has no language "de"; its languages: zh, en',
        ),
        (draft(texts={"zh": "……", "en": "Down"}), "the text in zh says nothing; write what is to be said"),
        (
            draft(texts={"zh": "故" * 1001, "en": "Down"}),
            (
                "the text in zh has 1001 characters, 1000 are possible; "
                "say what has happened, what to do, and when it is over"
            ),
        ),
        (
            draft(texts={"zh": "故障{call.line}", "en": "Down"}),
            "the text in zh holds a value; a notice belongs to no one call: write no braces",
        ),
        (
            draft(texts={"zh": "故\u202e障", "en": "Down"}),
            "the text in zh holds characters that cannot be seen; write it anew",
        ),
        (
            draft(reason="a\u009b31m"),
            "the reason holds characters that cannot be seen; write it anew",
        ),
        (draft(scope=only(lines="109")), 'no line of the site has the number "109"; did you mean "100"?'),
        (
            draft(scope=only(lines="_10XX")),
            'no line of the site has the number "_10XX"; expected one of "100"',
        ),
        (draft(scope=only(tiers="vpi")), 'the site has no tier "vpi"; did you mean "vip"?'),
        (draft(scope=only(brands="x")), 'the site has no brand "x"; expected one of "global"'),
        (draft(scope=only(queues="advisr")), 'the site has no queue "advisr"; did you mean "advisor"?'),
        (draft(scope=only(points="trunk")), 'the site has no point "trunk"; flows have it as notices: NAME'),
        (
            draft(scope=only(regions="shanghai")),
            'the site has no region "shanghai"; declare it under regions',
        ),
        (
            draft(scope=only(callers="the chief")),
            '"the chief" is no caller\'s number; write it such as +8613800138000',
        ),
        (
            draft(scope=Scope(lines=frozenset(map(str, range(101))))),
            "101 lines are named, 100 are possible; make it for everybody",
        ),
        (
            draft(ends_call=True),
            "a notice that ends the call needs a reason; it goes into the record of every such call",
        ),
        (draft(reason="x" * 201), "the reason has 201 characters, 200 are possible; shorten it"),
        (
            draft(is_off_peak_advised=True),
            "the site has no words to advise another time; add off_peak to prompts in ivrctl.yaml",
        ),
    ],
)
async def test_mistake_is_told(office: Office, asked: Draft, told: str) -> None:
    """In one sentence, with what to do."""
    notices = office.process()
    refused = await notices.make(asked)
    assert isinstance(refused, Refused)
    assert [str(refusal) for refusal in refused.refusals] == [told]
    assert notices.current() == ()
    assert not office.changes


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "not a WAV file: it ends too early"),
        (b"RIFF\x00\x00", "not a WAV file"),
        (b"x" * 100_000, "not a WAV file"),
        (wav(b""), "empty"),
        (wav(bytes(16000)), "silent: nothing can be heard in it"),
        (wav(b"\x00\x20" * 8000 * 121), "longer than 120 s"),
        (wav(b"\x00\x20" * 8000, rate=1000), "1000 Hz; from 4000 to 192000 Hz can be read"),
    ],
)
async def test_recording_that_cannot_be_used_is_refused(office: Office, content: bytes, told: str) -> None:
    """Callers would hear nothing, or noise."""
    refused = await office.process().make(draft(texts={"en": "Down"}, recordings={"zh": content}))
    assert isinstance(refused, Refused)
    assert refused.refusals[0].message.startswith(f"the recording in zh is {told}")


@pytest.mark.parametrize(("rate", "width", "channels"), [(44100, 2, 2), (48000, 3, 1), (16000, 4, 2), (8000, 1, 1)])
async def test_recording_of_another_quality_is_converted(office: Office, rate: int, width: int, channels: int) -> None:
    """It lasts as long as before, and can be heard."""
    sample = bytes([64, 192][width == 1 : (width == 1) + 1]) if width == 1 else bytes(width - 1) + b"\x20"
    content = wav(sample * channels * rate, rate=rate, width=width, channels=channels)
    made = await office.process().make(draft(texts={"en": "Down"}, recordings={"zh": content}))
    assert isinstance(made, Kept)
    file = office.folder / "prompts" / "notices" / f"{made.notice.recordings['zh']}.wav"
    assert file.stat().st_size == 44 + 16000


async def test_everything_that_is_wrong_is_told_at_once(office: Office) -> None:
    """Nobody tries again for each of them."""
    refused = await office.process().make(Draft("duty", texts={"en": "{x}"}, ends_call=True))
    assert isinstance(refused, Refused)
    assert len(refused.refusals) == 4


async def test_waived_language_may_be_missing(office: Office) -> None:
    """On purpose, and only that one."""
    made = await office.process().make(draft(texts={"zh": "故障"}, waived=frozenset({"en"})))
    assert isinstance(made, Kept)
    assert dict(made.notice.texts) == {"zh": "故障"}


async def test_caller_is_read_as_people_write_him(office: Office) -> None:
    """And kept as calls have him."""
    made = await office.process().make(draft(scope=only(callers="138 0013-8000"), ends_call=True, reason="abuse"))
    assert isinstance(made, Kept)
    assert made.notice.scope.callers == {"+8613800138000"}
