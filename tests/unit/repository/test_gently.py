"""What tests that are in no hurry are run by."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

GENTLY = Path(__file__).parents[3] / ".ci" / "gently"


def test_it_gives_way_and_ends_as_its_command_ends() -> None:
    """Behind others, in a session of its own; exit code and output are the command's."""
    own = "import os; print(os.nice(0), os.getsid(0) == os.getppid() or os.getsid(0) == os.getpid())"
    ran = subprocess.run(
        [GENTLY, "sh", "-c", f"python3 -c '{own}'; exit 3"], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (3, f"{min(19, os.nice(0) + 10)} True\n", "")


def test_whoever_interrupts_it_interrupts_the_command() -> None:
    """The terminal does not reach it there."""
    command = [GENTLY, "sh", "-c", "echo there; exec sleep 600"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, preexec_fn=_hear_interrupts) as started:  # noqa: PLW1509 - there is one thread
        assert started.stdout is not None
        assert started.stdout.readline() == b"there\n"
        started.send_signal(signal.SIGINT)
        assert started.wait(timeout=60) == -signal.SIGINT % 256


def test_when_who_waits_for_it_is_killed_the_command_is_ended() -> None:
    """Else the tests of a run that is gone would go on beside the next one."""
    # A shell that the kill does not reach is its parent: a make, say.
    waiting = subprocess.Popen(["sh", "-c", f"{GENTLY} sh -c 'echo $$; exec sleep 600'; true"], stdout=subprocess.PIPE)
    with waiting:
        assert waiting.stdout is not None
        command = int(waiting.stdout.readline())
        waiting.kill()
        # The command holds the pipe, and so it has ended when there is nothing more to come.
        assert waiting.stdout.read() == b""
    assert not Path(f"/proc/{command}").exists()


def _hear_interrupts() -> None:
    """Whoever runs the tests in the background of a shell does not, and what he starts would not either."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
