"""Allauth's forms for second factors, in this site's words, and hard to surprise."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.base import forms as base
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils import timezone

from accounts.entrance import OurWords
from accounts.errors import TooManyCodes
from accounts.factors import FactorAdapter, spend
from core.text import one_line

# What the libraries behind passkeys raise at things that no browser sends.
ODD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "off", "spellcheck": "false"}


def at_most(field: forms.Field, characters: int, **attributes: str) -> None:
    """Limit a text field that exists already."""
    field.validators.append(MaxLengthValidator(characters))
    field.widget.attrs.update(attributes, maxlength=str(characters))


class Code(OurWords):
    """A field for a code of the app, or a recovery code."""

    user: Any
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Code"
        at_most(self.fields["code"], 20, **CODE)

    def clean_code(self) -> str:
        """Limited by address too, as a wrong password is."""
        clear_limit = check_rate_limit(self.user)
        try:
            factor = spend(user=self.user, code=self.cleaned_data["code"], now=timezone.now())
        except TooManyCodes as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        if factor is None:
            raise FactorAdapter().validation_error("incorrect_code")
        clear_limit()
        factor.user = self.user
        self.authenticator = factor
        return self.cleaned_data["code"]


class TypeCode(Code, base.AuthenticateForm):
    pass


class TypeCodeAgain(Code, base.ReauthenticateForm):
    pass


class ActivateApp(OurWords, totp.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Code that the app shows"
        at_most(self.fields["code"], 20, **CODE)


class Careful:
    """A form that takes what a passkey says. Whatever is odd about it is a refusal, not an accident."""

    def _refusing(self, look: Callable[[], Any]) -> Any:
        try:
            return look()
        except ODD as error:
            raise FactorAdapter().validation_error("incorrect_key") from error


class AddKey(Careful, OurWords, webauthn.AddWebAuthnForm):
    field_order = ["name", "passwordless", "credential"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, alone = self.fields["name"], self.fields["passwordless"]
        name.label = "Name"
        name.help_text = "So that you know it among others: “My phone”, “Key on my ring”."
        name.validators.append(one_line)
        at_most(name, 60)
        alone.label = "Sign in with it alone, without e-mail and password"
        alone.help_text = (
            "Your device asks for your fingerprint, face or PIN. A plain security key can't: untick it then."
        )
        alone.initial = True

    def clean(self) -> dict[str, Any]:
        cleaned = self._refusing(super().clean)
        if "credential" in cleaned:
            cleaned["credential"] = self._refusing(lambda: _known_parts(cleaned["credential"]))
        return cleaned


def _known_parts(said: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a new key: not whatever else a client may have sent along."""
    response = {name: str(said["response"][name]) for name in ("clientDataJSON", "attestationObject")}
    alone = said.get("clientExtensionResults", {}).get("credProps", {}).get("rk")
    extensions = {"credProps": {"rk": alone}} if isinstance(alone, bool) else {}
    key = {name: str(said[name]) for name in ("id", "rawId", "type")}
    return {**key, "response": response, "clientExtensionResults": extensions}


class RenameKey(OurWords, webauthn.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Name"
        self.fields["name"].validators.append(one_line)
        at_most(self.fields["name"], 60)


class ShowKey(Careful, webauthn.AuthenticateWebAuthnForm):
    def clean_credential(self) -> Any:
        return self._refusing(super().clean_credential)


class ShowKeyAgain(Careful, webauthn.ReauthenticateWebAuthnForm):
    def clean_credential(self) -> Any:
        return self._refusing(super().clean_credential)


class SignInByKey(Careful, webauthn.LoginWebAuthnForm):
    def clean_credential(self) -> Any:
        return self._refusing(super().clean_credential)
