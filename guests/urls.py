from django.urls import path

from guests.views import booking, listing, office

app_name = "guests"
urlpatterns = [
    path("events/<slug:slug>/guests", listing.guests, name="list"),
    path("events/<slug:slug>/guests/new", office.office, name="office"),
    path("events/<slug:slug>/guests/complimentary", office.complimentary, name="complimentary"),
    path("events/<slug:slug>/guests/<uuid:pk>", booking.booking, name="booking"),
    path("events/<slug:slug>/guests/<uuid:pk>/tickets.pdf", booking.pdf, name="pdf"),
]
