from __future__ import annotations

from ivrctl.flow.commands import KeyPressed, KeysTimedOut, PromptEnded

from .playbook import CALLER, NOW, TWO_LANGUAGES, HangUp, Lost, Playbook, asks, call, compiled, ends, says

STEPS = """
    start:
      - language:
          keys: {"1": zh, "2": en}
          ask: {zh: 中文请按1。, en: For English press 2.}
      - play: {zh: 您好。, en: Hello.}
      - menu: {choices: {"0": {say: {zh: 请按0。, en: Press 0.}, goto: bye}, "9": bye}}
        then: {otherwise: bye}
    bye:
      - hangup: served
"""
QUESTION = asks("zh:中文请按1。", "For English press 2.")


def _call() -> Playbook:
    return call(STEPS, site=TWO_LANGUAGES)


def test_key_chooses_the_language() -> None:
    """Each language asks for itself, and what follows is in the one that was chosen."""
    assert _call() << QUESTION >> KeyPressed("2") << says("Hello.", keys_cut=True)


def test_silence_keeps_the_default_language() -> None:
    """A caller who does not choose hears the site's first language."""
    assert _call() << QUESTION >> KeysTimedOut() << says("zh:您好。", keys_cut=True)


def test_silence_keeps_the_language_of_the_line() -> None:
    """A line with a language of its own keeps it for a caller who does not choose."""
    flow = """
        lines: {"100": {step: start, language: en}}
        steps:
          start:
            - language: {keys: {"1": zh}, ask: {zh: 中文请按1。, en: Press 1 for Chinese.}}
            - play: {zh: 您好。, en: Hello.}
            - hangup: served
    """
    program = compiled({"main": flow}, TWO_LANGUAGES)
    begun = program.begin(CALLER, "100", NOW)
    assert begun is not None
    assert Playbook(program, begun) << asks("zh:中文请按1。") >> KeysTimedOut() << says("Hello.")


def test_other_key_is_not_lost() -> None:
    """A key that names no language is the first key of the next input, as somebody who knows the menu types it."""
    assert _call() << QUESTION >> KeyPressed("9") << ends("served")


def test_language_lives_with_the_call() -> None:
    """The choice outlives the action, a controller and a flow."""
    steps = (
        STEPS.replace(
            '- menu: {choices: {"0": {say: {zh: 请按0。, en: Press 0.}, goto: bye}, "9": bye}}', "- gosub: {flow: sub}"
        )
        .replace("then: {otherwise: bye}", 'when: call.language == "en"')
        .replace("    bye:", "      - goto: bye\n    bye:")
    )
    sub = """
        steps:
          start:
            - play: {zh: 再见。, en: Goodbye.}
            - return: done
    """
    assert (
        call(steps, site=TWO_LANGUAGES, sub=sub)
        << QUESTION
        >> KeyPressed("2")
        << says("Hello.")
        >> Lost()
        << says("Hello.")
        >> PromptEnded()
        << says("Goodbye.")
    )


def test_key_typed_ahead_chooses_without_a_question() -> None:
    """Keys typed before the question answer it, and stay in their order."""
    steps = STEPS.replace("start:\n", "start:\n      - play: {zh: 叮。, en: Ding.}\n")
    assert (
        call(steps, site=TWO_LANGUAGES)
        << says("zh:叮。", keys_cut=True)
        >> KeyPressed("2")
        << says("Hello.", keys_cut=True)
    )  # fmt: skip


def test_caller_who_hangs_up_in_it_has_abandoned() -> None:
    """A hang-up at the question ends the call as abandoned."""
    assert _call() << QUESTION >> HangUp() << ends("abandoned", "the caller hung up")


def test_is_asked_again_by_the_controller_that_takes_over() -> None:
    """A choice that was not made before the loss is asked for again."""
    assert _call() << QUESTION >> Lost() << QUESTION
