"""An Asterisk 22 as a FastAGI controller sees it, over a real socket, in time that jumps.

It runs the dialplan loop with hand-off, carries AGI commands out with the real one's habits (no pipelining, a command
interrupts a prompt, keys are lost when nobody listens), and a script plays the caller and the agents::

    async with FakeAsterisk(("127.0.0.1", 4573), fixed_lengths({"welcome": 4.0, "menu": 6.0})) as asterisk:
        caller = asterisk.call("10010", ani="13800138000")
        await caller.hears("welcome")
        await caller.hears("menu", seconds=2.5)
        await caller.press("1")
        stay = await caller.enters_queue("vip")
        stay.answer("8101")
        await caller.wait(30)
        stay.agent_hangs_up()
        await caller.ends()

::

    asterisk        FakeAsterisk: takes calls
    caller          Caller: what a script does and expects; ScriptFailed
    dialplan        the loop with hand-off, the fallback
    stay            Queue() and Dial() as the script decides them
    agi_session     AGI(): connect, introduce, obey
    agi_commands    the commands, as Asterisk 22 carries them out
    agi_line        the socket, read as Asterisk reads it
    words           a command line taken apart
    channel         the channel: what plays, what listens, whether the leg is over
    clock           VirtualClock, ScaledClock
    prompts         how long a file plays
    raw_session     the same AGI lines against this and a real Asterisk, to compare the two

It shares no code with ``ivrctl.agi``: a misreading of the protocol on one side does not hide on the other.
"""

from __future__ import annotations

from ivrctl.testkit.fake_asterisk.asterisk import FakeAsterisk
from ivrctl.testkit.fake_asterisk.caller import Caller, ScriptFailed
from ivrctl.testkit.fake_asterisk.channel import Channel, Heard, LostKey
from ivrctl.testkit.fake_asterisk.clock import Clock, ScaledClock, VirtualClock
from ivrctl.testkit.fake_asterisk.dialplan import DialplanGlobals, Leg
from ivrctl.testkit.fake_asterisk.prompts import PromptLengths, fixed_lengths, wav_lengths
from ivrctl.testkit.fake_asterisk.stay import Application, QueueSetup, Stay

__all__ = [
    "Application",
    "Caller",
    "Channel",
    "Clock",
    "DialplanGlobals",
    "FakeAsterisk",
    "Heard",
    "Leg",
    "LostKey",
    "PromptLengths",
    "QueueSetup",
    "ScaledClock",
    "ScriptFailed",
    "Stay",
    "VirtualClock",
    "fixed_lengths",
    "wav_lengths",
]
