"""The states of phones, and of the devices that say who is available for backup: listed now and then, told between."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping


class Devices:
    """By the name of the device, such as ``PJSIP/8101``, its state, such as ``NOT_INUSE``."""

    def __init__(self) -> None:
        self._states: Mapping[str, str] | None = None
        self._sight = 0
        self._told: dict[str, str] = {}
        """What was told while a list was on its way: it may be newer than the list."""

    def in_sight(self, sight: int) -> Mapping[str, str] | None:
        """What is known; None where it was not listed in this sight of Asterisk: changes may have gone unseen."""
        return self._states if sight == self._sight else None

    def told(self, device: str, state: str) -> None:
        """Asterisk has told of one."""
        self._told[device] = state
        if self._states is not None:
            self._states = {**self._states, device: state}

    async def read(self, sight: int, listed: Callable[[], Awaitable[Mapping[str, str]]]) -> None:
        """Have them listed.

        Args:
            sight: of Asterisk, in which that is done.
            listed: asks for the list.

        Raises:
            IvrctlError: whatever the asking raises; what is known stays as it is.
        """
        self._told.clear()
        states = await listed()
        self._states, self._sight = {**states, **self._told}, sight
