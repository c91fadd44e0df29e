from django.urls import path

from waitlist import organiser_views as views

app_name = "line"
urlpatterns = [
    path("events/<slug:slug>/line", views.line, name="line"),
    path("events/<slug:slug>/line/<uuid:pk>/invite", views.invite, name="invite"),
    path("events/<slug:slug>/line/<uuid:pk>/remove", views.remove, name="remove"),
]
