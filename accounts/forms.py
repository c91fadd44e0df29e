"""What people tell about themselves."""

from django import forms


class SignupDetails(forms.Form):
    """What the sign-up asks for besides e-mail and password."""

    name = forms.CharField(max_length=120, label="Your name", help_text="It stands on your tickets.")
    name.widget.attrs["autocomplete"] = "name"

    field_order = ["name", "email", "password1"]

    def signup(self, request, user) -> None:
        """Allauth's hook after the account is made; the adapter has kept the name already."""
