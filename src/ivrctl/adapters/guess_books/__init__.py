"""The books of guesses: in the site's database, where all its controllers share them; in memory for a simulated call.

What stands in a book, ``ivrctl.identity`` decides; here it is kept. A turn reads the three books of a guess and writes
them in one transaction, which no other turn comes between. Books have keys that were made with the site's pepper: who
reads the table learns no account and no number.
"""

from ivrctl.adapters.guess_books.account_locks import AccountLocks, Guessed
from ivrctl.adapters.guess_books.keys import BookKeys, Keys
from ivrctl.adapters.guess_books.memory import BooksInMemory
from ivrctl.adapters.guess_books.stored import StoredBooks

__all__ = ["AccountLocks", "BookKeys", "BooksInMemory", "Guessed", "Keys", "StoredBooks"]
