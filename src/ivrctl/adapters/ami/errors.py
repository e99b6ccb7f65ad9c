"""What can become of a session: not there, lost, silent; or it knows us and lets us not in."""

from __future__ import annotations

from ivrctl.errors import ConfigurationError, UnreachableError


class AmiUnreachableError(UnreachableError):
    """Nobody listens, what listens is no Asterisk, or it does not answer in time."""

    def __init__(self, place: str, why: str) -> None:
        """Keep the reason beside the sentence.

        Args:
            place: host and port.
            why: what was seen of it.
        """
        super().__init__(f"AMI at {place}: {why}", advice="see [general] of manager.conf: port, bindaddr")
        self.why = why


class AmiLoginRefusedError(ConfigurationError):
    """Asterisk refused user and secret: it will again, so nobody tries in a loop."""

    def __init__(self, user: str, sentence: str) -> None:
        """Keep the user; the secret is in no message.

        Args:
            user: who was refused.
            sentence: Asterisk's own.
        """
        super().__init__(
            f'Asterisk refuses the AMI user "{user}": {sentence}',
            advice=f"compare the secret with manager.conf, section [{user}], and its permit lines with our address",
        )
        self.user = user
        self.sentence = sentence


class AmiBootUnseenError(ConfigurationError):
    """Asterisk let us in and does not say that it is up: the user lacks a right, or it hangs in its start."""

    def __init__(self, user: str, seconds: float) -> None:
        """Keep the user.

        Args:
            user: as whom we are in.
            seconds: how long it was waited for.
        """
        super().__init__(
            f'Asterisk does not tell the AMI user "{user}" within {seconds:g} s that it has booted',
            advice=f'its line "read" in manager.conf, section [{user}], needs system, and no eventfilter that drops '
            "FullyBooted",
        )
        self.user = user
