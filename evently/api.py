"""The API's addresses: no trailing slashes, one door per address."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts import api as accounts
from analytics import api as analytics
from bookings import api as bookings
from events import api as events
from events import code_api as codes
from notifications import api as notifications
from payments import api as payments
from tickets import api as tickets
from waitlist import api as waitlist


class ApiDocs(SpectacularSwaggerSplitView):
    """The schema as a page to read and to try, without inline code and from our own files alone."""

    template_name = "api_docs.html"
    url_name = "api-schema"


urlpatterns = [
    path("auth/register", accounts.Register.as_view()),
    path("auth/login", accounts.Login.as_view()),
    path("auth/second-factor", accounts.SecondFactor.as_view()),
    path("auth/refresh", accounts.Refresh.as_view()),
    path("auth/logout", accounts.Logout.as_view()),
    path("auth/me", accounts.Me.as_view()),
    path("events", events.Events.as_view()),
    path("events/<uuid:event_id>", events.EventDoor.as_view()),
    path("events/<uuid:event_id>/availability", events.EventSeats.as_view()),
    path("events/<uuid:event_id>/door", tickets.Door.as_view()),
    path("events/<uuid:event_id>/codes", codes.Codes.as_view()),
    path("events/<uuid:event_id>/codes/<uuid:code_id>", codes.CodeDoor.as_view()),
    path("bookings", bookings.Bookings.as_view()),
    path("bookings/my", bookings.MyBookings.as_view()),
    path("bookings/<uuid:booking_id>", bookings.BookingDoor.as_view()),
    path("bookings/<uuid:booking_id>/extend", bookings.MoreTime.as_view()),
    path("bookings/<uuid:booking_id>/cancel-tickets", bookings.CancelTickets.as_view()),
    path("bookings/<uuid:booking_id>/pay", payments.Pay.as_view()),
    path("bookings/<uuid:booking_id>/payments", payments.Payments.as_view()),
    path("bookings/<uuid:booking_id>/receipt", payments.Receipt.as_view()),
    path("bookings/<uuid:booking_id>/late", payments.Late.as_view()),
    path("waitlist/join/<uuid:event_id>", waitlist.Join.as_view()),
    path("waitlist/user/<uuid:user_id>", waitlist.Places.as_view()),
    path("waitlist/<uuid:entry_id>", waitlist.Place.as_view()),
    path("waitlist/<uuid:entry_id>/accept", bookings.AcceptOffer.as_view()),
    path("waitlist/<uuid:entry_id>/pass", waitlist.PassOffer.as_view()),
    path("tickets/<uuid:booking_id>/download", tickets.Download.as_view()),
    path("tickets/verify", tickets.Verify.as_view()),
    path("tickets/check-in", tickets.CheckIn.as_view()),
    path("notifications", notifications.Notices.as_view()),
    path("notifications/unread", notifications.Unread.as_view()),
    path("notifications/read", notifications.ReadAll.as_view()),
    path("notifications/<uuid:notice_id>/read", notifications.ReadOne.as_view()),
    path("notifications/preferences", notifications.Preferences.as_view()),
    path("notifications/push-key", notifications.PushKey.as_view()),
    path("notifications/devices", notifications.Devices.as_view()),
    path("notifications/devices/<uuid:device_id>", notifications.DeviceDoor.as_view()),
    path("analytics/events/<uuid:event_id>", analytics.EventFigures.as_view()),
    path("analytics/teams/<uuid:team_id>", analytics.TeamFigures.as_view()),
    path("analytics/platform", analytics.PlatformFigures.as_view()),
    path("schema", SpectacularAPIView.as_view(), name="api-schema"),
]
