"""Notices where callers hear them: at the entry of a line, at a ``notices`` action, before a queue.

Each is heard once a call. Nobody cuts one, and what was keyed before it counts no more. Who is cut in the middle, since
the controller is lost, hears those of that place again from the first.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

from ivrctl.flow.call import Call
from ivrctl.flow.commands import Command, Reply, Say
from ivrctl.model.notice import Listener, Notice
from ivrctl.model.utterance import Sound, SoundFolder, Utterance
from ivrctl.model.values import Value
from ivrctl.site.off_peak import advice

Announcing = Generator[Command, Reply, Notice | None]


def announce(call: Call, *, point: str | None = None, queue: str | None = None) -> Announcing:
    """Say the notices that apply to the caller here and now and that he has not heard.

    Args:
        call: whose caller it is.
        point: the name of the ``notices`` action at which he is.
        queue: the queue to which he is about to be handed.

    Returns:
        The notice behind which the call ends; those after it are not heard. None when it goes on.
    """
    notices = call.world.notices
    if not notices:
        # So it is on nearly every day of the year.
        return None
    listener = _listener(call, point, queue)
    for notice in notices:
        if notice.id in call.heard or not notice.applies(listener, call.world.now):
            continue
        call.typed = ""
        yield Say(tuple(_utterances(notice, call)), is_cut_by_keys=False, notice=notice.id)
        call.heard = (*call.heard, notice.id)
        if notice.ends_call:
            return notice
    return None


def reason_of(notice: Notice) -> str:
    """Why a notice ends a call, for its record."""
    return notice.reason or f"notice {notice.id}"


def _listener(call: Call, point: str | None, queue: str | None) -> Listener:
    position, customer = call.position, call.customer
    return Listener(
        line=position.line,
        number=position.caller,
        regions=position.regions,
        brand=_word(customer.get("brand")),
        tier=_word(customer.get("tier")),
        point=point,
        queue=queue,
    )


def _word(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def _utterances(notice: Notice, call: Call) -> Iterator[Utterance]:
    """What is said in the caller's language, else in all that the notice has, one after the other."""
    site, quiet = call.site, call.world.off_peak
    quiet = None if quiet is None or quiet.is_over(call.world.now) else quiet
    for language in _languages(notice, call):
        file = notice.recordings.get(language)
        text = notice.texts.get(language, "")
        yield Utterance(language, (text if file is None else Sound(SoundFolder.NOTICES, file, text),))
        advised = advice(site.prompts, quiet, site.zone, language)
        if notice.is_off_peak_advised and advised is not None:
            yield advised


def _languages(notice: Notice, call: Call) -> tuple[str, ...]:
    """A caller whose language a notice lacks hears those that it has: better than nothing."""
    has = tuple(
        language
        for language in dict.fromkeys(map(str, call.site.languages))
        if language in notice.texts or language in notice.recordings
    )
    return (call.language,) if call.is_language_known and call.language in has else has
