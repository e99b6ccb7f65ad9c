"""Keys: the first key, the keys after it, and type-ahead, as generators that actions use with ``yield from``.

The rule is VoiceXML's: a key that cuts a prompt is the first key of the input that follows; keys typed while nobody
asks wait in the type-ahead buffer, and a prompt before an input is not played while the buffer holds a key.
"""

from __future__ import annotations

from collections.abc import Collection, Generator
from datetime import timedelta

from ivrctl.flow.call import Call
from ivrctl.flow.commands import Ask, AwaitKey, Command, KeyPressed, Reply, Say
from ivrctl.flow.entries import END, looked_up
from ivrctl.model.utterance import Utterance

MAX_TYPED = 32
"""Keys kept ahead of the flow: enough for an account number, and a bound."""


def say(call: Call, *utterances: Utterance, is_cut_by_keys: bool | None = None) -> Generator[Command, Reply, None]:
    """Play prompts; where keys may cut them, the key waits for the input that follows."""
    is_cut = call.barges if is_cut_by_keys is None else is_cut_by_keys
    if is_cut and call.typed:
        return
    reply = yield Say(utterances, is_cut)
    if isinstance(reply, KeyPressed):
        type_ahead(call, reply.key)


def first_key(
    call: Call, first_digit: timedelta, *utterances: Utterance, is_secret: bool = False
) -> Generator[Command, Reply, str | None]:
    """The first key of an input: one that was typed ahead, else one that cuts the prompts, else None in time."""
    if call.typed:
        return take_typed(call)
    reply = yield Ask(utterances, first_digit, is_secret)
    return reply.key if isinstance(reply, KeyPressed) else None


def next_key(call: Call, between: timedelta, *, is_secret: bool = False) -> Generator[Command, Reply, str | None]:
    """One more key of an input that has begun, or None when it does not come in time."""
    if call.typed:
        return take_typed(call)
    reply = yield AwaitKey(between, is_secret)
    return reply.key if isinstance(reply, KeyPressed) else None


def rest_of_entry(
    call: Call, first: str, entries: Collection[str], between: timedelta
) -> Generator[Command, Reply, tuple[str, str | None]]:
    """What is keyed of some entries, from its first key on: the keys, and the entry that they are, if any.

    Only where a longer entry may still come is another key waited for; the inter-digit time and ``#`` end the wait.
    """
    keyed, seen = first, looked_up(entries, first)
    while seen.can_grow:
        key = yield from next_key(call, between)
        grown = looked_up(entries, keyed + (key or ""))
        if key is None or (key == END and grown.entry is None and not grown.can_grow):
            break
        keyed, seen = keyed + key, grown
    return keyed, seen.entry


def take_typed(call: Call) -> str:
    """Take the oldest key out of the type-ahead buffer, which holds one."""
    key, call.typed = call.typed[0], call.typed[1:]
    return key


def put_back(call: Call, key: str) -> None:
    """Give a key back that was taken and not used: it is the first of the input that follows."""
    call.typed = key + call.typed


def type_ahead(call: Call, keys: str) -> None:
    """Keep keys for the input that follows, up to a bound."""
    call.typed = (call.typed + keys)[:MAX_TYPED]
