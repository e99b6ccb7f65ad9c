"""Looks for garbage while no caller is there who would wait for it.

Python frees at once what nobody refers to any more. Its collector (the module ``gc``) is for what refers to itself in
circles: it looks through all that is young while everything else stands still, which with three hundred callers takes
a tenth of a second and more; and of a key that is let go meanwhile Asterisk tells nobody, since no command runs
(FastAGI). A call leaves nothing in circles. So the collector is not left to itself: nobody looks while there are calls,
unless so much has come together that memory is the greater worry.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable

LOOK_EVERY = 1.0
"""Seconds."""
SOME = 10_000
"""More objects than at the last look, a megabyte or two: when nobody calls, it is looked for garbage among them."""
TOO_MANY = 2_000_000
"""A few hundred megabytes: also while there are calls. Five thousand who wait are half of it, and no garbage."""


def is_time(grown: int, calls: int) -> bool:
    """Whether to look for garbage now.

    Args:
        grown: how many more objects there are than at the last look (``gc.get_count()[0]``).
        calls: how many callers would wait for it.
    """
    return grown > TOO_MANY or (grown > SOME and not calls)


async def look_for_garbage(calls: Callable[[], int]) -> None:
    """Take the collector's place until this is cancelled.

    Args:
        calls: how many callers are in a flow now.
    """
    gc.disable()
    try:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if is_time(gc.get_count()[0], calls()):
                gc.collect()
    finally:
        gc.enable()
