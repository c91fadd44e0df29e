"""What people tell about themselves."""

from django import forms

from accounts.models import Membership, User
from accounts.operations import MAX_NAME
from core.text import one_line

WRONG_EMAIL = "Enter an e-mail address, such as ada@example.org."


class ProfileForm(forms.Form):
    """How a person is called."""

    name = forms.CharField(
        max_length=MAX_NAME,
        label="Your name",
        validators=[one_line],
        help_text="It stands on your tickets.",
        error_messages={"required": "Give the name that should stand on your tickets."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class SignupDetails(ProfileForm):
    """What the sign-up asks for besides e-mail and password."""

    field_order = ["name", "email", "password1"]

    def signup(self, request, user) -> None:
        """Allauth's hook after the account is made; the adapter has kept the name already."""


class CloseAccountForm(forms.Form):
    """Asks for the password, so that an unlocked phone is not enough."""

    password = forms.CharField(
        strip=False,
        max_length=1000,
        label="Your password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        if not self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError("This is not your password.")
        return self.cleaned_data["password"]


class TeamForm(forms.Form):
    """A team's name."""

    name = forms.CharField(
        max_length=MAX_NAME,
        label="Name of your team",
        validators=[one_line],
        help_text="People see it as the organiser of your events.",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )


class InvitationForm(forms.Form):
    """Where to write to, and the role they would have."""

    email = forms.EmailField(
        max_length=254,
        label="E-mail",
        help_text="Whether they have an account or not: the mail leads them on.",
        error_messages={"invalid": WRONG_EMAIL},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        choices=Membership.Role.choices, initial=Membership.Role.DOOR, widget=forms.RadioSelect, label="Role"
    )


class AddressForm(forms.Form):
    """Another e-mail address."""

    email = forms.EmailField(
        max_length=254,
        label="New e-mail address",
        error_messages={"invalid": WRONG_EMAIL},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class SignOutForm(forms.Form):
    """Which of the places where one is signed in to end."""

    end = forms.IntegerField(min_value=1, max_value=2**63 - 1)
