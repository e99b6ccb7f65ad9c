"""What is wrong with a notice that somebody asks for, all of it at once; and what it comes to when nothing is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ivrctl.adapters.prompts.incoming import telephone_sound
from ivrctl.adapters.prompts.notice_files import recording_name
from ivrctl.adapters.prompts.wav import BrokenSoundError
from ivrctl.flow.program import Program
from ivrctl.flow.unheard import why_unheard
from ivrctl.lang.findings import did_you_mean, shortened
from ivrctl.lang.scalars import UnreadableError, read_duration
from ivrctl.model.notice import Notice, Scope
from ivrctl.service.notices.draft import Draft, Refusal
from ivrctl.service.numbering import normalised

LONGEST = timedelta(days=30)
"""What lasts longer is no emergency, and belongs into the flow."""
LATEST_START = timedelta(days=365)
FAR = timedelta(days=36_525)
"""A century: no time of a notice lies further away, and within it no sum of times leaves the calendar."""
MAX_TEXT = 1000
"""Characters: four minutes of speech."""
MAX_REASON = 200
MAX_NAMES = 100
"""Of one kind in a scope."""
_VALUES = re.compile(r"[{}]")
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, and those that turn the direction of writing: whoever reads the list would read another text."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A notice that can be kept, but for the names of its recordings."""

    notice: Notice
    """With the recordings that it had before."""
    sounds: Mapping[str, bytes] = field(default_factory=dict)
    """Language to the PCM of a recording that is new."""
    remarks: tuple[str, ...] = ()
    """What its author should know: sentences."""

    @property
    def named(self) -> Notice:
        """The notice with the names of its new recordings, which lie there or are to be written."""
        id_ = self.notice.id
        new = {language: recording_name(id_, language, pcm) for language, pcm in self.sounds.items()}
        return replace(self.notice, recordings={**self.notice.recordings, **new})


def examined(
    draft: Draft, before: Notice | None, id_: str, program: Program, now: datetime
) -> Proposal | list[Refusal]:
    """Read a draft.

    Args:
        draft: as it is asked for.
        before: the notice that is to be changed; None for a new one.
        id_: of the notice.
        program: the version of the site that serves.
        now: aware.

    Returns:
        What it comes to, or everything that is wrong with it.
    """
    examination = _Examination(draft, before, program, now)
    proposal = examination.proposal(id_)
    return examination.refusals or proposal


class _Examination:
    """One draft being read."""

    def __init__(self, draft: Draft, before: Notice | None, program: Program, now: datetime) -> None:
        self.refusals: list[Refusal] = []
        self._before, self._program, self._now = before, program, now
        self._site = program.site
        self._languages = tuple(dict.fromkeys(map(str, self._site.languages)))
        self._draft = _in_the_only_language(draft, self._languages)

    def proposal(self, id_: str) -> Proposal:
        draft, before = self._draft, self._before
        texts, sounds, recordings = self._said()
        starts, ends = self._times()
        ends_call = draft.ends_call if draft.ends_call is not None else before is not None and before.ends_call
        reason = (draft.reason if draft.reason is not None else "" if before is None else before.reason).strip()
        scope = self._scope(draft.scope) if draft.scope is not None else Scope() if before is None else before.scope
        self._check_reason(reason, ends_call=ends_call)
        notice = Notice(
            id=id_,
            texts=texts,
            starts=starts,
            ends=ends,
            scope=scope,
            recordings=recordings,
            ends_call=ends_call,
            is_off_peak_advised=self._off_peak(),
            reason=reason,
            author=draft.author if before is None else before.author,
        )
        return Proposal(notice, sounds, (*self._left_as_said(notice, sounds), *self._unheard(scope)))

    # what is said

    def _said(self) -> tuple[dict[str, str], dict[str, bytes], dict[str, str]]:
        draft, before = self._draft, self._before
        if "" in {*(draft.texts or {}), *draft.recordings}:
            self._refuse("a text or a recording has no language", f"its languages: {', '.join(self._languages)}")
        for language in {*(draft.texts or {}), *draft.recordings, *draft.waived} - {"", *self._languages}:
            known = ", ".join(self._languages)
            self._refuse(f'the site has no language "{shortened(language)}"', f"its languages: {known}")
        sounds = {language: self._sound(language, content) for language, content in draft.recordings.items()}
        texts = dict(before.texts) if before is not None else {}
        recordings = dict(before.recordings) if before is not None else {}
        for language, text in (draft.texts or {}).items():
            texts[language] = self._text(language, text)
            if language not in sounds:
                recordings.pop(language, None)
        for language in draft.waived:
            texts.pop(language, None)
            recordings.pop(language, None)
        self._check_languages({*texts, *recordings, *sounds})
        return texts, sounds, recordings

    def _text(self, language: str, text: str) -> str:
        text = " ".join(text.split())
        if not any(character.isalnum() for character in text):
            self._refuse(f"the text in {language} says nothing", "write what is to be said")
        if len(text) > MAX_TEXT:
            message = f"the text in {language} has {len(text)} characters, {MAX_TEXT} are possible"
            self._refuse(message, "say what has happened, what to do, and when it is over")
        if _VALUES.search(text):
            self._refuse(f"the text in {language} holds a value", "a notice belongs to no one call: write no braces")
        if _UNSPEAKABLE.search(text):
            self._refuse(f"the text in {language} holds characters that cannot be seen", "write it anew")
        return text

    def _sound(self, language: str, content: bytes) -> bytes:
        try:
            return telephone_sound(content)
        except BrokenSoundError as error:
            self._refuse(
                f"the recording in {language} is {error}", "record it again; sox IN -r 8000 -b 16 -c 1 OUT.wav"
            )
            return b""

    def _check_languages(self, said: Collection[str]) -> None:
        if not said:
            one = ", ".join(f"{language}: …" for language in self._languages)
            self._refuse("the notice says nothing, in no language", f"give a text or a recording in each: {one}")
            return
        standing = self._before is not None
        missing = [language for language in self._languages if language not in {*said, *self._draft.waived}]
        if missing and not (standing and self._draft.texts is None and not self._draft.recordings):
            names = " and ".join(missing)
            self._refuse(f"the notice lacks {names}", "say it in each language of the site, or waive it on purpose")

    def _left_as_said(self, notice: Notice, sounds: Mapping[str, bytes]) -> tuple[str, ...]:
        """The languages that still say the former text, where another one was given a new one."""
        draft, before = self._draft, self._before
        named = {*(draft.texts or {}), *sounds}
        if before is None or not (sounds or dict(notice.texts) != dict(before.texts)) or not named:
            return ()
        left = [name for name in self._languages if name in {*notice.texts, *notice.recordings} - named]
        if not left:
            return ()
        return (f"In {' and '.join(left)} it still says what it said before: change that, too, or waive it.",)

    def _unheard(self, scope: Scope) -> tuple[str, ...]:
        """Why nobody can hear it, as far as the flows tell."""
        return () if self.refusals else why_unheard(self._program, scope)

    # until when

    def _times(self) -> tuple[datetime, datetime]:
        draft, before, now = self._draft, self._before, self._now
        starts = now if before is None else before.starts
        if draft.starts is not None:
            starts = max(self._moment(draft.starts) or starts, now)
        ends = None if before is None else before.ends
        if draft.ends is not None and draft.lasts is not None:
            self._refuse("the notice has an end and a length", "give one of them")
        elif draft.ends is not None:
            ends = self._moment(draft.ends)
        elif draft.lasts is not None:
            ends = self._lasting(draft.lasts, max(starts, now))
        elif ends is None:
            self._refuse("the notice has no end", "every notice ends: say until when, or for how long")
        if ends is None:
            return starts, starts + LONGEST
        self._check_times(starts, ends)
        return starts, ends

    def _check_times(self, starts: datetime, ends: datetime) -> None:
        if ends <= self._now:
            self._refuse(f"the end, {self._shown(ends)}, is over", "give one that lies ahead")
        elif ends <= starts:
            self._refuse(f"the notice ends at {self._shown(ends)}, before it begins", "give a later end")
        elif ends - max(starts, self._now) > LONGEST:
            message = f"the notice would last until {self._shown(ends)}; {LONGEST.days} days are possible"
            self._refuse(message, "what is to last belongs into the flow")
        if starts > self._now + LATEST_START:
            self._refuse(f"the notice would begin at {self._shown(starts)}", "within a year is possible")

    def _moment(self, text: str) -> datetime | None:
        try:
            moment = datetime.fromisoformat(text.strip())
        except ValueError:
            self._refuse(f'"{shortened(text)}" is no time', "write it such as 2026-11-20 18:00")
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(self._site.time_zone))
        # Moments are compared wherever their zones are; to change the zone of one may leave the calendar.
        if not self._now - FAR < moment < self._now + FAR:
            self._refuse(f'"{shortened(text)}" is no time of ours', "write it such as 2026-11-20 18:00")
            return None
        return moment.astimezone(self._now.tzinfo)

    def _lasting(self, text: str, starts: datetime) -> datetime | None:
        try:
            length = read_duration(text.strip())
        except UnreadableError as error:
            self._refuse(shortened(str(error)), error.advice)
            return None
        if not length:
            self._refuse("the notice would last no time at all", "such as 2h")
            return None
        return starts + length

    def _shown(self, moment: datetime) -> str:
        return f"{moment.astimezone(ZoneInfo(self._site.time_zone)):%Y-%m-%d %H:%M}"

    # for whom

    def _scope(self, scope: Scope) -> Scope:
        site, program = self._site, self._program
        for name, named in _kinds(scope):
            if len(named) > MAX_NAMES:
                self._refuse(f"{len(named)} {name} are named, {MAX_NAMES} are possible", "make it for everybody")
                return scope
        for line in sorted(scope.lines):
            if not re.fullmatch(r"[0-9*#+]{1,40}", line) or program.line(line) is None:
                numbers = [number for number in program.lines if not number.startswith("_")]
                near = did_you_mean(line, numbers) or "name one that callers can dial: ivrctl status shows the lines"
                self._refuse(f'no line of the site has the number "{shortened(line)}"', near)
        self._known("point", scope.points, program.points, "flows have it as notices: NAME")
        self._known("region", scope.regions, site.regions, "declare it under regions")
        self._known("brand", scope.brands, site.brands, "declare it under brands")
        self._known("tier", scope.tiers, site.tiers, "declare it under tiers")
        self._known("queue", scope.queues, site.queues, "declare it under queues")
        callers = frozenset(self._caller(number) for number in scope.callers)
        if scope.points and scope.queues:
            self._refuse("a point and a queue are never at one place: nobody would hear it", "name one of them")
        return Scope(scope.lines, scope.points, scope.regions, scope.brands, scope.tiers, scope.queues, callers)

    def _known(self, kind: str, named: Collection[str], known: Collection[str], otherwise: str) -> None:
        for name in sorted(named):
            if name not in known:
                near = did_you_mean(name, known) or otherwise
                self._refuse(f'the site has no {kind} "{shortened(name)}"', near)

    def _caller(self, written: str) -> str:
        number = normalised(re.sub(r"[ ()/.-]", "", written), self._site.numbers)
        if not number:
            self._refuse(f'"{shortened(written)}" is no caller\'s number', "write it such as +8613800138000")
        return number

    # the rest

    def _off_peak(self) -> bool:
        asked, before = self._draft.is_off_peak_advised, self._before
        is_advised = asked if asked is not None else before is not None and before.is_off_peak_advised
        has_words = self._site.prompts.off_peak is not None
        if asked and not has_words:
            self._refuse("the site has no words to advise another time", "add off_peak to prompts in ivrctl.yaml")
        return is_advised

    def _check_reason(self, reason: str, *, ends_call: bool) -> None:
        if len(reason) > MAX_REASON:
            self._refuse(f"the reason has {len(reason)} characters, {MAX_REASON} are possible", "shorten it")
        if _UNSPEAKABLE.search(reason):
            self._refuse("the reason holds characters that cannot be seen", "write it anew")
        if ends_call and not reason:
            self._refuse("a notice that ends the call needs a reason", "it goes into the record of every such call")

    def _refuse(self, message: str, advice: str) -> None:
        self.refusals.append(Refusal(message, advice))


def _in_the_only_language(draft: Draft, languages: Sequence[str]) -> Draft:
    """What is said in no language, where there is only one."""
    if len(languages) != 1:
        return draft
    texts = None if draft.texts is None else {name or languages[0]: text for name, text in draft.texts.items()}
    recordings = {name or languages[0]: content for name, content in draft.recordings.items()}
    return replace(draft, texts=texts, recordings=recordings)


def same_as(notice: Notice, standing: Sequence[Notice], now: datetime) -> Notice | None:
    """A notice that says the same to the same callers at the same time; None when there is none."""
    return next((other for other in standing if _is_same(notice, other) and other.ends > now), None)


def _is_same(notice: Notice, other: Notice) -> bool:
    return (
        other.id != notice.id
        and other.scope == notice.scope
        and dict(other.texts) == dict(notice.texts)
        and _digests(other) == _digests(notice)
        and other.starts < notice.ends
        and notice.starts < other.ends
    )


def _digests(notice: Notice) -> dict[str, str]:
    """The recordings without the id in their names: what they hold."""
    return {language: name.rpartition("-")[2] for language, name in notice.recordings.items()}


def _kinds(scope: Scope) -> Iterator[tuple[str, frozenset[str]]]:
    for name in Scope.__dataclass_fields__:
        yield name, getattr(scope, name)
