"""Emergency notices: made, changed and ended, by whatever way somebody asks.

::

    draft      what somebody asks for, and what he is answered: values
    examining  what is wrong with it, all at once; what it means
    notices    the use cases: the ledger, and what time does to the board
    without_controller  the files that are heard while no controller runs
    parts      what all of it works with

Callers hear the board as the flow's engine reads it, or, while no controller runs, the files that the dialplan finds.
"""

from ivrctl.service.notices.draft import Draft, Kept, Refusal, Refused, Taken, Unknown
from ivrctl.service.notices.notices import Notices
from ivrctl.service.notices.parts import NoticeParts

__all__ = ["Draft", "Kept", "NoticeParts", "Notices", "Refusal", "Refused", "Taken", "Unknown"]
