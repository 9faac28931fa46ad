from __future__ import annotations

from animations.actions.errors import ActionError, Busy


def test_a_refusal_has_words_for_people_and_a_code_for_programs() -> None:
    refusal = ActionError("invalid", "A name has 1 to 100 characters.", "name")
    assert str(refusal) == refusal.detail == "A name has 1 to 100 characters."
    assert (refusal.code, refusal.attr, refusal.status) == ("invalid", "name", 400)


def test_a_refusal_need_not_be_about_a_field() -> None:
    refusal = ActionError("over", "This job is over already.", status=409)
    assert (refusal.attr, refusal.status) == (None, 409)


def test_busy_is_a_refusal_that_says_conflict() -> None:
    busy = Busy("Wait until it is finished.")
    assert isinstance(busy, ActionError)
    assert (busy.code, busy.status, str(busy)) == ("busy", 409, "Wait until it is finished.")
