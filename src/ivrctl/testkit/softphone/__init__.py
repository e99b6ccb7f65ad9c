"""Softphones: baresip from the PBX's own runtime, one process a phone, driven as a person would.

    async with Softphone.caller(pbx, number="13800138000") as caller, Softphone.agent(pbx, "8101") as agent:
        await caller.dial("10010")
        await caller.until(PhoneEvent.ESTABLISHED, within=5)
        await caller.press("1")
        await agent.until(PhoneEvent.INCOMING, within=5)
        await agent.accept()

A phone knows SIP, keys and sound, and nothing of flows or queues. What it heard is a WAV file with the call's own time
line (`Softphone.heard`); what arrived at it is another, which nothing tears and which has no time line
(`Softphone.received`). `ivrctl.testkit.audio` compares them with the prompts.
"""

from ivrctl.testkit.softphone.configuration import LONGEST_CALL
from ivrctl.testkit.softphone.control import PhoneEvent, Seen, SoftphoneError
from ivrctl.testkit.softphone.phone import KEY_SECONDS, Softphone

__all__ = ["KEY_SECONDS", "LONGEST_CALL", "PhoneEvent", "Seen", "Softphone", "SoftphoneError"]
