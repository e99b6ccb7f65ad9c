"""``python -m ivrctl``: the command line."""

from ivrctl.cli import main

main()
