from django.urls import path

from tickets import naming_views, views

app_name = "tickets"
urlpatterns = [
    path("booking/<uuid:booking_pk>", views.booking_tickets, name="booking"),
    path("booking/<uuid:booking_pk>/names", naming_views.names, name="names"),
    path("booking/<uuid:booking_pk>/tickets.pdf", views.booking_pdf, name="pdf"),
    path("booking/<uuid:booking_pk>/event.ics", views.booking_calendar, name="calendar"),
    path("booking/<uuid:booking_pk>/qr.svg", views.first_qr, name="first_qr"),
    path("<uuid:pk>", views.ticket_page, name="ticket"),
    path("<uuid:pk>/qr.svg", views.ticket_qr, name="qr"),
]
