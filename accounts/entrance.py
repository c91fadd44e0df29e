"""Allauth's forms in this site's words: labels instead of placeholders, "e-mail" spelled one way."""

from typing import Any

from allauth.account import app_settings
from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification import verify_email_indirectly
from allauth.account.models import EmailAddress
from allauth.core import context, ratelimit
from django import forms
from django.db import transaction
from django.http import HttpRequest

from accounts.errors import EmailTaken
from accounts.forms import WRONG_EMAIL
from accounts.models import User
from core.ids import new_id
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


def as_if_opened(form: Any, request: HttpRequest) -> None:
    """The work of opening an account from this form, and undone: the time that an answer takes is not to tell whether
    there was one."""
    real, form.cleaned_data = form.cleaned_data, {**form.cleaned_data, "email": f"{new_id()}@example.invalid"}
    known, form.account_already_exists = form.account_already_exists, False
    with transaction.atomic():
        EmailAddress.objects.get_primary_email(form.save(request))  # as the letter does
        transaction.set_rollback(True)
    form.cleaned_data, form.account_already_exists = real, known


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
        """Of those who sign up with one address at the same moment all get the same answer, too."""
        try:
            return self._try_save(request)
        except EmailTaken:
            if not confirms_first():
                raise
            self.account_already_exists = True
            return self._try_save(request)

    @transaction.atomic
    def _try_save(self, request):
        """An account and its address, or neither: without an address it would wait for no link."""
        if self.account_already_exists:
            as_if_opened(self, request)
        return super().try_save(request)


class ChangePassword(OurWords, allauth.ChangePasswordForm):
    pass


class SetPassword(OurWords, allauth.SetPasswordForm):
    pass


class ResetPassword(OurWords, allauth.ResetPasswordForm):
    pass


class ResetPasswordFromKey(OurWords, allauth.ResetPasswordKeyForm):
    def save(self):
        """Whoever has the letter has the mailbox: it opens an account that waits for its link, with this password."""
        super().save()
        if waits_for_link(self.user):
            verify_email_indirectly(context.request, self.user, self.user.email)


class Reauthenticate(OurWords, allauth.ReauthenticateForm):
    pass
