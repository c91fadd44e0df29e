from django.urls import path

from guests.views import booking, listing

app_name = "guests"
urlpatterns = [
    path("events/<slug:slug>/guests", listing.guests, name="list"),
    path("events/<slug:slug>/guests/<uuid:pk>", booking.booking, name="booking"),
    path("events/<slug:slug>/guests/<uuid:pk>/tickets.pdf", booking.pdf, name="pdf"),
]
