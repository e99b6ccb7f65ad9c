"""Looks for garbage while no caller is there who would wait for it.

Python frees at once what nobody refers to any more. Its collector (the module ``gc``) is for what refers to itself in
circles, and everything else stands still while it looks: with three hundred callers for 0.1 to 0.4 s, in which a key
that is let go is lost, since Asterisk tells of none while no command runs (FastAGI). A call leaves nothing in circles.
So the collector looks through what is new alone, once a good deal of it has come together, which takes a tenth of that
and is rare; through what has been there for longer it is sent when nobody calls.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable

LOOK_EVERY = 1.0
"""Seconds."""
NEW_OBJECTS = 10_000
"""More objects than at the last look, a megabyte or two, until what is new is looked through."""
TOO_MANY = 200
"""Such looks since the last one through everything: two million objects have come together, some hundred megabytes, of
which nobody knows how many are garbage. Memory is the greater worry then, also while there are calls."""
_NEVER = 2**31 - 1


def is_time(looks: int, calls: int) -> bool:
    """Whether to look through everything now.

    Args:
        looks: how often only what was new has been looked through since the last time (``gc.get_count()[1]``).
        calls: how many callers would wait for it.
    """
    return looks > (TOO_MANY if calls else 0)


async def look_for_garbage(calls: Callable[[], int]) -> None:
    """Have the collector look through everything at no other time, until this is cancelled.

    Args:
        calls: how many callers are in a flow now.
    """
    before = gc.get_threshold()
    gc.set_threshold(NEW_OBJECTS, _NEVER, _NEVER)
    try:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if is_time(gc.get_count()[1], calls()):
                gc.collect()
    finally:
        gc.set_threshold(*before)
