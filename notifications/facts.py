"""What the notifications app announces, to itself: what is to be sent, one message at a time."""

from core.facts import Lane, fact

letter_due = fact("letter_due", lane=Lane.POST, outside=True)
bulk_letter_due = fact("bulk_letter_due", lane=Lane.BULK, outside=True)
