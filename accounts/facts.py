"""What the accounts app announces."""

from core.facts import Lane, fact

# With the address and the name that were theirs, for those who have to find and erase them: kept until that is done.
account_closed = fact("account_closed", private=True)
address_confirmed = fact("address_confirmed")  # the first of theirs
# With what is to be said to whom, links and codes that let people in among it: kept until it is on its way.
mail_requested = fact("mail_requested", lane=Lane.POST, private=True)
session_ended = fact("session_ended")  # of a program; those of browsers say so by user_logged_out
