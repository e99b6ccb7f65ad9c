"""Has Python look for garbage where no caller waits for it.

Python frees at once what nobody refers to any more. Its collector (the module ``gc``) is for reference cycles, and
everything else stands still while it looks: with three hundred callers for 0.1 to 0.4 s, in which a key that is let go
is lost, since Asterisk tells of none while no command runs (FastAGI). A call in which nothing fails leaves next to
nothing in cycles. So, while there are calls, only new objects are looked through, once many have come together: that is
rare, takes some 30 ms, and finds what was short-lived. All others have to wait until hardly anybody calls.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable

from ivrctl.adapters.precedence import at_length

LOOK_EVERY = 1.0
"""Seconds."""
NEW_OBJECTS = 10_000
"""More objects than at the last look, a megabyte or two, until what is new is looked through."""
MOST_LOOKS = 200
"""Such looks since the last one through everything, however many call: in them at most two million objects have come
together, 300 megabytes, and nobody knows how many of them are garbage."""
_NEVER = 2**31 - 1


def is_time(looks: int, calls: int) -> bool:
    """Whether to look through everything now: the fewer callers there are, the sooner.

    Args:
        looks: how often only what was new has been looked through since the last time (``gc.get_count()[1]``).
        calls: how many callers would wait for it.
    """
    return looks > min(calls, MOST_LOOKS)


async def look_for_garbage(calls: Callable[[], int]) -> None:
    """Take the decision from the collector when to look through everything, until this is cancelled.

    Args:
        calls: how many callers are in a flow now.
    """
    before = gc.get_threshold()
    gc.set_threshold(NEW_OBJECTS, _NEVER, _NEVER)
    try:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if is_time(gc.get_count()[1], calls()):
                with at_length():
                    gc.collect()
    finally:
        gc.set_threshold(*before)
