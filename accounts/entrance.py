"""Allauth's forms in this site's words: labels instead of placeholders, "e-mail" spelled one way."""

from allauth.account import app_settings
from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core import context, ratelimit
from django import forms
from django.contrib.auth.hashers import make_password

from accounts.forms import WRONG_EMAIL
from accounts.models import User
from core.limits import limit

LABELS = {"login": "E-mail", "email": "E-mail", "remember": "Keep me signed in"}


def confirms_first() -> bool:
    """Whether an account opens only by the link in its first mail (`CONFIRM_ADDRESS_FIRST`)."""
    return app_settings.EMAIL_VERIFICATION == app_settings.EmailVerificationMethod.MANDATORY


def waits_for_link(user: User) -> bool:
    """Whether somebody has signed up and not followed the link yet. Accounts that staff, the command line or a box
    office have made have no address on record, and wait for nothing."""
    theirs = EmailAddress.objects.filter(user=user)
    return confirms_first() and theirs.exists() and not theirs.filter(verified=True).exists()


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
    def clean(self):
        """Where addresses are confirmed first, one that is not gets the answer of a wrong password, and a mail."""
        cleaned = super().clean()
        if self.user is not None and waits_for_link(self.user):
            self._send_link()
            raise get_adapter().validation_error("email_password_mismatch")
        return cleaned

    def _send_link(self):
        """Not too often, and not by the function that says so on the page."""
        address = EmailAddress.objects.filter(user=self.user, primary=True).first()
        if address and ratelimit.consume(self.request, action="confirm_email", key=address.email):
            address.send_confirmation(self.request)


class SignUp(OurWords, allauth.SignupForm):
    def clean_email(self):
        try:
            return super().clean_email()
        except forms.ValidationError as error:
            if error.code == "email_taken":
                limit(context.request, "taken")
            raise

    def try_save(self, request):
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])  # what a new account takes, so that time tells nothing either
        return super().try_save(request)


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
