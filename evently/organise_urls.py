"""The organiser's pages under one name: the home, which looks at all apps, and those of teams and events."""

from django.urls import path

from analytics import home_views
from events import organiser_urls

app_name = "organise"
urlpatterns = [
    path("", home_views.home, name="home"),
    path("setup/hide", home_views.hide_setup, name="hide_setup"),
    *organiser_urls.urlpatterns,
]
