"""How often somebody may guess: PURE. Counts and times go in, a lock or a leave to guess comes out.

Knows nothing of calls and databases: whoever keeps the books of an account, of a calling number and of the site hands
them in, and keeps those that come back. A guess is *reserved* before anything is compared, as if it were wrong; one
that was right, or never compared, is given back. So ten lines at once are no faster than one.
"""

from ivrctl.identity.books import Book, Locked, most_in_a_row, most_whatever_happens
from ivrctl.identity.guessing import Books, Guessing, Receipt, Reserved

__all__ = [
    "Book",
    "Books",
    "Guessing",
    "Locked",
    "Receipt",
    "Reserved",
    "most_in_a_row",
    "most_whatever_happens",
]
