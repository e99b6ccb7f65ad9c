"""What a site's database keeps of backup staff, so that no controller's end leaves anybody behind.

::

    acting    which controller acts: one row, and a term that fences off the one before
    writes    what is written: leases, actions, memories, decisions, orders; and how long it is kept
    writer    StaffingWriter: in batches, under the term, beside whoever hands it in
    reads     the same as values again
    store     StaffingStore: all of it for one controller

A lease is written before the membership is begun, and goes when it was seen to end. While its controller lives it is
renewed; from its expiry on anybody may end the membership.
"""

from ivrctl.adapters.staffing_store.acting import SupersededError
from ivrctl.adapters.staffing_store.store import StaffingStore
from ivrctl.adapters.staffing_store.values import Acting, Inherited, KeptDecision, KeptOrder, Sent

__all__ = ["Acting", "Inherited", "KeptDecision", "KeptOrder", "Sent", "StaffingStore", "SupersededError"]
