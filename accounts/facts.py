"""What the accounts app announces."""

from core.facts import fact

account_closed = fact("account_closed")
mail_requested = fact("mail_requested", outside=True, private=True)
