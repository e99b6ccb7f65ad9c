"""A controller that nobody here wrote: pyst2's blocking AGI class over one accepted socket.

Prints its port, serves one call, prints what it got. A process of its own, since pyst2 sets a signal handler.
"""

from __future__ import annotations

import json
import socket
import sys

from asterisk.agi import AGI, AGIAppError


def serve(agi: AGI) -> dict[str, object]:
    """One call: answer, play, ask for a key and another, read and write variables, hand over to a queue."""
    agi.answer()
    played = agi.stream_file("welcome")
    first = agi.stream_file("menu", "0123456789*#")
    second = agi.wait_for_digit(3000)
    third = agi.wait_for_digit(1000)
    try:
        missing = agi.stream_file("nope")
    except AGIAppError as error:
        missing = type(error).__name__
    agi.set_variable("GREETING", "hello there")
    got = {
        "caller": agi.env["agi_callerid"],
        "leg": agi.env["agi_arg_1"],
        "keys": [played, first, second, third],
        "missing": missing,
        "variables": [agi.get_variable("GREETING"), agi.get_variable("NOPE")],
        "status": agi.channel_status(),
    }
    for name, value in (("IVRCTL_HANDOFF", "queue-1"), ("IVRCTL_ARGS", "vip,c,,,60"), ("IVRCTL_NEXT", "queue")):
        agi.set_variable(name, value)
    return got


def main() -> None:
    """Serve one call and end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        connection, _ = listener.accept()
        with connection, connection.makefile("r") as from_asterisk, connection.makefile("w") as to_asterisk:
            got = serve(AGI(from_asterisk, to_asterisk))
    sys.stdout.write(json.dumps(got) + "\n")


if __name__ == "__main__":
    main()
