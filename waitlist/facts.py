"""What the waitlist app announces."""

from core.facts import fact

waitlist_joined = fact("waitlist_joined")
offer_made = fact("offer_made")
offer_ended = fact("offer_ended")  # passed, lapsed or withdrawn: `how` says which
offer_due = fact("offer_due")  # announced with the offer, for the moment at which its time is up
