"""Allauth's forms in this site's words: labels instead of placeholders, "e-mail" spelled one way."""

from allauth.account import forms as allauth
from django import forms

from accounts.forms import WRONG_EMAIL

LABELS = {"login": "E-mail", "email": "E-mail", "remember": "Keep me signed in"}


class OurWords:
    """Over one of allauth's forms."""

    fields: dict[str, forms.Field]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            if isinstance(field, forms.EmailField):
                field.error_messages["invalid"] = WRONG_EMAIL


class SignIn(OurWords, allauth.LoginForm):
    pass


class SignUp(OurWords, allauth.SignupForm):
    pass


class ChangePassword(OurWords, allauth.ChangePasswordForm):
    pass


class SetPassword(OurWords, allauth.SetPasswordForm):
    pass


class ResetPassword(OurWords, allauth.ResetPasswordForm):
    pass


class ResetPasswordFromKey(OurWords, allauth.ResetPasswordKeyForm):
    pass


class Reauthenticate(OurWords, allauth.ReauthenticateForm):
    pass
