"""The kinds of action, one file each. To add a kind: its file, and one import line here.

The order of the imports is the order in which findings and the documentation list the kinds.
"""

from ivrctl.flow.actions import play  # isort: skip
from ivrctl.flow.actions import menu  # isort: skip
from ivrctl.flow.actions import collect  # isort: skip
from ivrctl.flow.actions import language  # isort: skip
from ivrctl.flow.actions import notices  # isort: skip
from ivrctl.flow.actions import lookup  # isort: skip
from ivrctl.flow.actions import submit  # isort: skip
from ivrctl.flow.actions import verify  # isort: skip
from ivrctl.flow.actions import set as set_  # isort: skip
from ivrctl.flow.actions import goto  # isort: skip
from ivrctl.flow.actions import gosub  # isort: skip
from ivrctl.flow.actions import return_  # isort: skip
from ivrctl.flow.actions import queue  # isort: skip
from ivrctl.flow.actions import dial  # isort: skip
from ivrctl.flow.actions import voicemail  # isort: skip
from ivrctl.flow.actions import hangup  # isort: skip

__all__ = [
    "collect",
    "dial",
    "gosub",
    "goto",
    "hangup",
    "language",
    "lookup",
    "menu",
    "notices",
    "play",
    "queue",
    "return_",
    "set_",
    "submit",
    "verify",
    "voicemail",
]
