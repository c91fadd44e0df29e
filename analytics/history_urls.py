from django.urls import path

from analytics import history_views as views

app_name = "history"
urlpatterns = [
    path("teams/<uuid:pk>/history", views.team_history, name="team"),
    path("teams/<uuid:pk>/history.csv", views.team_csv, name="team_csv"),
    path("events/<slug:slug>/history", views.event_history, name="event"),
    path("events/<slug:slug>/history.csv", views.event_csv, name="event_csv"),
]
