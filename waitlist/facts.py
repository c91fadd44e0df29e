"""What the waitlist app announces."""

from core.facts import fact

waitlist_joined = fact("waitlist_joined", together=True)
offer_made = fact("offer_made", together=True)
turn_came = fact("turn_came")  # seats are reserved for somebody who has paid for them: nobody needs to be asked
offer_ended = fact("offer_ended", together=True)  # passed, lapsed or withdrawn: `how` says which
place_ended = fact("place_ended", together=True)  # not by who waited: too late, no event any more, or removed
offer_due = fact("offer_due")  # announced with the offer, for the moment at which its time is up
