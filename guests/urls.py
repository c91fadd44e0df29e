from django.urls import path

from guests.views import booking, jobs, listing, office

app_name = "guests"
urlpatterns = [
    path("events/<slug:slug>/guests", listing.guests, name="list"),
    path("events/<slug:slug>/guests.csv", listing.guests_csv, name="csv"),
    path("events/<slug:slug>/guests.xlsx", listing.guests_xlsx, name="xlsx"),
    path("events/<slug:slug>/guests/act", jobs.act, name="act"),
    path("events/<slug:slug>/guests/jobs", jobs.jobs, name="jobs"),
    path("events/<slug:slug>/guests/jobs/<uuid:pk>", jobs.job, name="job"),
    path("events/<slug:slug>/guests/jobs/<uuid:pk>/stop", jobs.stop, name="stop"),
    path("events/<slug:slug>/guests/new", office.office, name="office"),
    path("events/<slug:slug>/guests/complimentary", office.complimentary, name="complimentary"),
    path("events/<slug:slug>/guests/<uuid:pk>", booking.booking, name="booking"),
    path("events/<slug:slug>/guests/<uuid:pk>/names", booking.names, name="names"),
    path("events/<slug:slug>/guests/<uuid:pk>/tickets.pdf", booking.pdf, name="pdf"),
]
