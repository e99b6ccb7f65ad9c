"""Delivers what the outbox keeps: when, to whom, and what is told of it.

::

    decide        pure: when something is tried again, told, and given up
    destinations  to whom: the submissions of the site as it is now
    deliverer     the loop of a controller

Counterpart of ``adapters.outbox``, which keeps, and of ``service.submissions``, which takes from calls.
"""

from ivrctl.service.delivering.deliverer import Deliverer, DelivererParts, Standing
from ivrctl.service.delivering.destinations import Destinations, SiteDestinations

__all__ = ["Deliverer", "DelivererParts", "Destinations", "SiteDestinations", "Standing"]
