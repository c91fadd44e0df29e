from django.urls import path

from analytics import figures_views as views

app_name = "figures"
urlpatterns = [
    path("figures", views.team, name="team"),
    path("figures/<slug:chart>.csv", views.team_csv, name="team_csv"),
    path("figures/platform", views.platform, name="platform"),
    path("figures/platform/<slug:chart>.csv", views.platform_csv, name="platform_csv"),
    path("events/<slug:slug>/figures", views.event, name="event"),
    path("events/<slug:slug>/figures/<slug:chart>.csv", views.event_csv, name="event_csv"),
]
