"""The queues as they are: what AMI tells becomes one picture, and the entries of the books.

::

    adapters.ami.EventStream --packets--> translate --acd events--> QueueObserver
                                                                      acd.fold    -> picture -> facts, views
                                                                      acd.Ledger  -> entries -> the books

    translate    AMI's words into those of acd
    clock        PeerClock: Asterisk's time, reckoned from its events and its answers
    observer     QueueObserver: follows the events and takes the readings
    readings     Readings: when everything is read, and how
    bookkeeper   Bookkeeper: events into entries of the books, as soon as it is known what was open
    devices      Devices: asks for the phones of those who could come in
    hand_over    HandOver: which controller keeps the books
    callers      what flows know of who waits: the line that he dialled, his tier
    flow_facts   what flows are told of queues
    changes      Changes: wakes whoever goes by the picture
    watch        QueueWatch: sessions, observer and books of one controller
    views        the picture as the API and the commands show it; agent_views the same by agent
"""

from ivrctl.service.queues.observer import QueueObserver
from ivrctl.service.queues.watch import AmiAccess, QueueWatch

__all__ = ["AmiAccess", "QueueObserver", "QueueWatch"]
