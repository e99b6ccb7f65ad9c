"""Emergency notices: made, changed and ended, by whatever way somebody asks.

::

    draft      what somebody asks for, and what he is answered: values
    examining  what is wrong with it, all at once; what it means
    notices    the use cases: files, ledger, and what time does to the board

Callers hear the board as the flow's engine reads it, or, while no controller runs, the files that the dialplan finds.
"""

from ivrctl.service.notices.draft import Draft, Kept, Refusal, Refused, Taken, Unknown
from ivrctl.service.notices.notices import NoticeParts, Notices

__all__ = ["Draft", "Kept", "NoticeParts", "Notices", "Refusal", "Refused", "Taken", "Unknown"]
