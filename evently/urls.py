"""All addresses."""

from django.contrib import admin
from django.urls import include, path

from evently.api import ApiDocs

urlpatterns = [
    path("", include("events.urls")),
    path("organise/", include("evently.organise_urls")),
    path("organise/", include("waitlist.organiser_urls")),
    path("organise/", include("analytics.urls")),
    path("organise/", include("analytics.history_urls")),
    path("organise/", include("analytics.figures_urls")),
    path("organise/", include("payments.organiser_urls")),
    path("organise/", include("guests.urls")),
    path("bookings/", include("payments.urls")),
    path("bookings/", include("bookings.urls")),
    path("webhooks/", include("payments.webhook_urls")),
    path("waitlist/", include("waitlist.urls")),
    path("tickets/", include("tickets.urls")),
    path("", include("tickets.door_urls")),
    path("notifications/", include("notifications.urls")),
    path("", include("notifications.app_urls")),
    path("account/", include("accounts.urls")),
    path("account/", include("allauth.account.urls")),
    path("account/security/", include("allauth.mfa.urls")),
    path("api/", include("evently.api")),
    path("api-docs", ApiDocs.as_view(), name="api-docs"),
    path("admin/", admin.site.urls),
    path("", include("core.urls")),
    path("", include("notifications.local_urls")),
]
handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "events.views.not_found"
handler429 = "core.views.too_many_requests"
handler500 = "core.views.server_error"
