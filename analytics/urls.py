from django.urls import path

from analytics import views

app_name = "why"
urlpatterns = [
    path("events/<slug:slug>/why", views.why, name="why"),
    path("events/<slug:slug>/why.csv", views.why_csv, name="csv"),
]
