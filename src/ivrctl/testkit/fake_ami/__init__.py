"""The AMI of a call centre that does not exist: logins, lists and events over a real socket, and every fault there is.

::

    async with FakeAmi(CallCentre(queues=200, members=10_000)) as asterisk:
        ...connect to asterisk.address...
        asterisk.say(event("Hangup", Uniqueid="1.1"))
        asterisk.fault = Fault.SILENT

::

    server        FakeAmi: takes logins, answers QueueStatus and Ping, says what it is told to; Fault
    call_centre   CallCentre: queues and members, and the list that QueueStatus makes of them
    app_queue     AppQueue: one whose members come and go by QueueAdd, QueueRemove and QueuePenalty
    acting        Answering: what becomes of such an action
    busy_centre   BusyCentre: one at work, whose lists tell the same as its events
    packets       event: one packet; traffic: a day's events, for ever; doubled, reordered

It shares no code with ``ivrctl.ami``: a misreading of the protocol on one side does not hide on the other.
"""

from __future__ import annotations

from ivrctl.testkit.fake_ami.acting import Answering
from ivrctl.testkit.fake_ami.app_queue import AppQueue, Seat
from ivrctl.testkit.fake_ami.busy_centre import BusyCentre
from ivrctl.testkit.fake_ami.call_centre import CallCentre
from ivrctl.testkit.fake_ami.packets import WANTED, custom_devices, doubled, event, reordered, traffic
from ivrctl.testkit.fake_ami.server import FakeAmi, Fault

__all__ = [
    "WANTED",
    "Answering",
    "AppQueue",
    "BusyCentre",
    "CallCentre",
    "FakeAmi",
    "Fault",
    "Seat",
    "custom_devices",
    "doubled",
    "event",
    "reordered",
    "traffic",
]
