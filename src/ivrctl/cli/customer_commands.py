"""The commands for the directory of customers. What they do is in ``commands.customers``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from ivrctl.cli.groups import command, customers_app
from ivrctl.cli.options import AsJson, SiteOption, StateOption


def _text(key: str) -> str:
    """Bytes that are no UTF-8 come in as surrogates, which no database takes and no terminal shows."""
    if not key.isascii() and any("\ud800" <= each <= "\udfff" for each in key):
        raise typer.BadParameter("the key is no text in UTF-8")
    return key


CustomerKey = Annotated[
    str, typer.Argument(metavar="CUSTOMER", help="The customer's key, such as C-1001.", callback=_text)
]


@command(customers_app, "customers import")
def customers_import(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A CSV file in UTF-8; its first line names the columns.")
    ],
    site: SiteOption = None,
    state: StateOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take customers from a CSV file into the directory; a row that is wrong is told and left out."""
    from ivrctl.cli.commands.customers import import_

    import_(file, site, state, is_dry=dry_run, as_json=as_json)


@command(customers_app, "customers export")
def customers_export(
    site: SiteOption = None,
    state: StateOption = None,
    output: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option("--output", "-o", help="Write it to this file, for its owner alone.", show_default=False),
    ] = None,
) -> None:
    """Print the directory as a CSV file that an import takes back, without PINs."""
    from ivrctl.cli.commands.customers import export

    export(site, state, output)


@command(customers_app, "customers show")
def customers_show(
    customer: CustomerKey, site: SiteOption = None, state: StateOption = None, as_json: AsJson = False
) -> None:
    """Show what the directory holds of a customer: of a PIN only whether there is one."""
    from ivrctl.cli.commands.customers import show

    show(customer, site, state, as_json=as_json)


@command(customers_app, "customers set-pin")
def customers_set_pin(
    customer: CustomerKey,
    site: SiteOption = None,
    state: StateOption = None,
    stdin: Annotated[bool, typer.Option("--stdin", help="Read it from standard input, without asking.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Leave him without a PIN.")] = False,
) -> None:
    """Give a customer another PIN: it is asked for twice, and not shown; a lock of his accounts ends."""
    from ivrctl.cli.commands.customers import set_pin

    set_pin(customer, site, state, is_stdin=stdin, is_removed=remove)


@command(customers_app, "customers unlock")
def customers_unlock(customer: CustomerKey, site: SiteOption = None, state: StateOption = None) -> None:
    """End the locks that wrong guesses have brought on a customer's accounts."""
    from ivrctl.cli.commands.customers import unlock

    unlock(customer, site, state)


@command(customers_app, "customers erase")
def customers_erase(customer: CustomerKey, site: SiteOption = None, state: StateOption = None) -> None:
    """Remove a customer with everything that the directory holds of him, and say what stays elsewhere."""
    from ivrctl.cli.commands.customers import erase

    erase(customer, site, state)
