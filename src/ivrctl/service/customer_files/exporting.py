"""The directory as a file that an import takes back. It holds no PIN: their hashes are useless outside the site."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import TextIO

from ivrctl.adapters.customers.register import CustomerRegister
from ivrctl.model.customer import CustomerDetails
from ivrctl.service.customer_files.columns import IDENTIFIER, TEXTS


async def write_customers(register: CustomerRegister, to: TextIO, progress: Callable[[int, int], None]) -> int:
    """Write all customers, in the order of their keys; how many there were.

    Args:
        register: of the site.
        to: takes the file.
        progress: told how many are written, of how many.

    Raises:
        SiteStoreError: the database does not answer.
        OSError: the file cannot be written.
    """
    total, kinds = await register.count(), await register.kinds()
    writer = csv.writer(to, lineterminator="\n")
    writer.writerow(("customer", *TEXTS, "numbers", *(IDENTIFIER + kind for kind in kinds)))
    done = 0
    async for details in register.all():
        writer.writerow(_cells(details, kinds))
        done += 1
        progress(done, max(done, total))
    return done


def _cells(details: CustomerDetails, kinds: tuple[str, ...]) -> tuple[str, ...]:
    texts = (getattr(details.customer, name) or "" for name in TEXTS)
    values = dict(details.identifiers)
    return (details.customer.id, *texts, " ".join(details.numbers), *(values.get(kind, "") for kind in kinds))
