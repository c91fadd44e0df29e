"""What somebody of the team fills in to act out of order."""

from django import forms

from core.text import one_line


class ReasonForm(forms.Form):
    """Why somebody is treated otherwise than the line has it."""

    reason = forms.CharField(
        label="Why?",
        max_length=200,
        validators=[one_line],
        help_text="It stays in the record, with your name.",
        error_messages={"required": "Say why: it stays in the record."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
