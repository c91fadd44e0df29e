"""What the payments app announces: things to do outside, and what has become true."""

from core.facts import Lane, fact

# Its provider is asked what is true of a payment; nothing is believed before. `again=False`: a provider that is away is
# not asked again for this one, because the sweep that announced it comes back.
payment_to_check = fact("payment_to_check", lane=Lane.POST, outside=True)
refund_to_send = fact("refund_to_send", lane=Lane.POST, outside=True)
# Those of a cancelled event: thousands, and nobody's ticket is to wait behind them.
bulk_refund_to_send = fact("bulk_refund_to_send", lane=Lane.BULK, outside=True)
refund_to_check = fact("refund_to_check", lane=Lane.POST, outside=True)

transfer_awaited = fact("transfer_awaited")  # payment_id: the customer is to transfer money
payment_received = fact("payment_received")  # receipt_id: money came in, all of what was due or a part
payment_failed = fact("payment_failed")  # payment_id: a provider gave up on it after the customer had done their part
payment_disputed = fact("payment_disputed")  # payment_id: the customer's bank wants it back
payment_odd = fact("payment_odd")  # payment_id: it needs somebody's eyes
payment_came_late = fact("payment_came_late")  # rescue_id: the customer has a choice to make
rescue_ended = fact("rescue_ended")  # rescue_id
refund_done = fact("refund_done")  # refund_id
refund_failed = fact("refund_failed")  # refund_id: somebody has to pay it back in another way
