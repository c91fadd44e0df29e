"""How allauth behaves here."""

from types import SimpleNamespace
from urllib.parse import quote, urlencode, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.account.utils import get_next_redirect_url
from allauth.core import context as allauth_context
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse

from accounts.entrance import confirms_first
from accounts.errors import EmailTaken
from accounts.facts import address_confirmed, mail_requested
from core.limits import client_address
from outbox.operations import announce

OTHER_WAYS = {
    "reauthenticate": "Type your password",
    "mfa_reauthenticate": "Type a code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}


def _sign_in_url(request: HttpRequest | None) -> str:
    """Where to sign in, and to be led on from to where this request wanted to go."""
    onward = get_next_redirect_url(request) if request else None
    return reverse("account_login") + (f"?{urlencode({'next': onward})}" if onward else "")


class AccountAdapter(DefaultAccountAdapter):
    """Mail goes through the outbox, links point to the one public origin, names come with the sign-up."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "No account has this e-mail address and password.",
        "email_taken": "There is an account with this e-mail address already.",
        "duplicate_email": "You have added this e-mail address already.",
        "cannot_remove_primary_email": "Your main e-mail address can't be removed.",
        "max_email_addresses": "You can have at most %d e-mail addresses.",
        "incorrect_password": "This is not your password.",
        "too_many_login_attempts": "That was wrong too often. Try again in a few minutes.",
    }

    def send_mail(self, template_prefix, email, context):
        """Write down in the ledger what is to be said; the notifications app says it."""
        context = {
            "request": allauth_context.request,
            "current_site": SimpleNamespace(name="Evently", domain=urlsplit(settings.BASE_URL).netloc),
            "email": email,
            "confirms_first": confirms_first(),
            **context,
        }
        if "signup_url" in context:  # allauth takes it from the request, whose host anyone can make up
            context["signup_url"] = settings.BASE_URL + reverse("account_signup")
        message = self.render_mail(template_prefix, email, context)
        template = template_prefix.rpartition("/")[2]
        user_id = context["user"].pk if "user" in context else None
        announce(
            mail_requested, template=template, to=email, user_id=user_id, subject=message.subject, text=message.body
        )

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """As allauth, with whose account it is about: the address may be one they have just given up. Accounts that
        staff or the command line made have their address here alone."""
        super().send_notification_mail(template_prefix, user, {**(context or {}), "user": user}, email or user.email)

    def send_account_already_exists_mail(self, email):
        """Tell the owner of an address that somebody tried to sign up with it."""
        context = {
            "signup_url": "",
            "login_url": settings.BASE_URL + _sign_in_url(allauth_context.request),
            "password_reset_url": settings.BASE_URL + reverse("account_reset_password"),
        }
        self.send_mail("account/email/account_already_exists", email, context)

    def get_email_confirmation_url(self, request, emailconfirmation):
        """With the way back to where somebody was when they signed up: the browser they did it in is signed in by the
        link and led there; any other one by way of signing in."""
        url = settings.BASE_URL + reverse("account_confirm_email", args=[emailconfirmation.key])
        onward = _sign_in_url(request)
        return f"{url}?{urlencode({'next': onward})}" if "?" in onward else url

    def get_reset_password_from_key_url(self, key):
        """`key` is the user's id in base 36, a dash, and the token: opaque to us."""
        pattern = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.BASE_URL + pattern.replace("UID-KEY", quote(key))

    def confirm_email(self, request, email_address):
        """Announce it if it is the first address that they confirm. False when it can't be confirmed."""
        others = EmailAddress.objects.filter(user=email_address.user_id, verified=True).exclude(pk=email_address.pk)
        with transaction.atomic():
            is_first = not others.exists()
            confirmed = super().confirm_email(request, email_address)
            if confirmed and is_first:
                announce(address_confirmed, user_id=email_address.user_id)
        return confirmed

    def is_safe_url(self, url):
        """Where `next` may lead: to paths of ours, and not to what is no address at all."""
        try:
            return bool(url) and url.startswith("/") and super().is_safe_url(url)
        except ValueError:  # from Python's parser: an IPv6 address that never ends, for one
            return False

    def get_login_stages(self):
        """As allauth, but for accounts that were not made by signing up: they have no address to confirm."""
        ours = "accounts.stages.EmailVerificationStage"
        return [ours if stage.endswith(".EmailVerificationStage") else stage for stage in super().get_login_stages()]

    def get_reauthentication_methods(self, user):
        """In our words. Who has a second factor shows that: the password alone must not be enough to take it off. Who
        has a passkey and no app is asked for that first, not for a recovery code."""
        methods = super().get_reauthentication_methods(user)
        if any(method["id"] != "reauthenticate" for method in methods):
            methods = [method for method in methods if method["id"] != "reauthenticate"]
        if len(methods) > 1 and not is_mfa_enabled(user, [Authenticator.Type.TOTP]):
            methods.reverse()
        return [{**method, "description": OTHER_WAYS[method["id"]]} for method in methods]

    def get_client_ip(self, request):
        """One idea of where a client is, for allauth's limits and for our own."""
        return client_address(request)

    def save_user(self, request, user, form, commit=True):
        """Keep the name from the sign-up form. Raises EmailTaken when another request was a moment faster."""
        user.name = form.cleaned_data.get("name", "")
        try:
            with transaction.atomic():
                return super().save_user(request, user, form, commit=commit)
        except IntegrityError as error:
            raise EmailTaken("There is an account with this e-mail address already: sign in instead.") from error
