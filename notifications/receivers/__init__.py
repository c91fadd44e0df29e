"""Who is told what when something happened in an app below, by subject; and the sending of it."""

from notifications.receivers import (  # noqa: F401  they register
    account,
    bookings,
    events,
    organisers,
    payments,
    sending,
    waitlist,
)
