from __future__ import annotations

from collections.abc import Mapping

from ivrctl.service.queues.devices import Devices


async def test_what_is_told_while_a_list_is_on_its_way_is_newer() -> None:
    """The list was made before it."""
    devices = Devices()

    async def listed() -> Mapping[str, str]:
        devices.told("PJSIP/8101", "INUSE")
        return {"PJSIP/8101": "NOT_INUSE", "PJSIP/8102": "NOT_INUSE"}

    await devices.read(7, listed)
    assert devices.in_sight(7) == {"PJSIP/8101": "INUSE", "PJSIP/8102": "NOT_INUSE"}
    devices.told("PJSIP/8102", "UNAVAILABLE")
    assert devices.in_sight(7) == {"PJSIP/8101": "INUSE", "PJSIP/8102": "UNAVAILABLE"}


async def test_what_was_told_alone_is_no_list() -> None:
    """Of the others nothing is known; nor of any, once sight is lost."""
    devices = Devices()
    devices.told("PJSIP/8101", "INUSE")
    assert devices.in_sight(7) is None

    async def listed() -> Mapping[str, str]:
        return {}

    await devices.read(7, listed)
    assert devices.in_sight(7) == {}
    assert devices.in_sight(8) is None
