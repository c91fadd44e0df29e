"""How allauth behaves here."""

from email.utils import make_msgid
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.urls import reverse

from accounts.facts import mail_requested
from outbox.operations import announce


class AccountAdapter(DefaultAccountAdapter):
    """Mail goes through the outbox, links point to the one public origin, names come with the sign-up."""

    def send_mail(self, template_prefix, email, context):
        """Write the message down in the request's transaction; a worker sends it."""
        context = {"email": email, "site_name": "Evently", **context}
        message = self.render_mail(template_prefix, email, context)
        html = next((body for body, kind in getattr(message, "alternatives", []) if kind == "text/html"), "")
        announce(
            mail_requested,
            to=email,
            subject=message.subject,
            text=message.body,
            html=html,
            message_id=make_msgid(domain=urlsplit(settings.BASE_URL).hostname),
        )

    def get_email_confirmation_url(self, request, emailconfirmation):
        return settings.BASE_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def get_reset_password_from_key_url(self, key):
        return settings.BASE_URL + reverse("account_reset_password_from_key", args=["UID", "KEY"]).replace(
            "UID-KEY", key
        )

    def save_user(self, request, user, form, commit=True):
        """Keep the name from the sign-up form."""
        user.name = form.cleaned_data.get("name", "")
        return super().save_user(request, user, form, commit=commit)
