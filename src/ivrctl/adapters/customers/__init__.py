"""The directory of customers, in the site's own database: who has which number, and the hashes of PINs.

::

    tables     the tables, and a customer as a row
    directory  what calls ask: a customer by his number, or by something else that he knows of himself
    pins       hashes of PINs, and comparing with them: never on the event loop
    pepper     the secret that keeps hashes useless outside the site

It knows nothing of attempts and locks: those belong to whoever asks.
"""

from ivrctl.adapters.customers.directory import CustomerDirectory
from ivrctl.adapters.customers.pepper import declared_pepper
from ivrctl.adapters.customers.pins import Pins, is_pin

__all__ = ["CustomerDirectory", "Pins", "declared_pepper", "is_pin"]
