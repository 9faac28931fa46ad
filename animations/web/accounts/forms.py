"""The forms that take a new password, with the rule for it in one line."""

from __future__ import annotations

from typing import Any, Final

from allauth.account import forms
from django.conf import settings

from animations.translation import translated

PASSWORD_RULE: Final = f"At least {settings.PASSWORD_LENGTH} characters, and nothing that is easily guessed."
"""The rules of `AUTH_PASSWORD_VALIDATORS` in one line, in place of a list of them."""


class _PasswordRule:
    """Say the rule under the field `password1`."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = translated(PASSWORD_RULE)


class SignupForm(_PasswordRule, forms.SignupForm):  # type: ignore[misc]
    """An address and a password."""


class ChangePasswordForm(_PasswordRule, forms.ChangePasswordForm):  # type: ignore[misc]
    """The old password, and a new one twice."""


class SetPasswordForm(_PasswordRule, forms.SetPasswordForm):  # type: ignore[misc]
    """A first password, twice."""


class ResetPasswordKeyForm(_PasswordRule, forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, twice."""
