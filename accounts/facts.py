"""What the accounts app announces."""

from core.facts import Lane, fact

account_closed = fact("account_closed")
address_confirmed = fact("address_confirmed")  # the first of theirs
mail_requested = fact("mail_requested", lane=Lane.POST, outside=True, private=True)
