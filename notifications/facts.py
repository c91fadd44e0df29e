"""What the notifications app announces, to itself: what is to be sent, and mailings that have more people to tell."""

from core.facts import Lane, fact

letter_due = fact("letter_due", lane=Lane.POST, outside=True)
bulk_letter_due = fact("bulk_letter_due", lane=Lane.BULK, outside=True)
mailing_due = fact("mailing_due")
summary_due = fact("summary_due")  # a team's day in a zone is over, and it is morning there
# With words that must not stay: links and codes that let people in.
private_letter_due = fact("private_letter_due", lane=Lane.POST, outside=True, private=True)
