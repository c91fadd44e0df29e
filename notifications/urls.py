from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.notices, name="list"),
    path("bell", views.bell, name="bell"),
    path("read", views.read_all, name="read_all"),
    path("preferences", views.preferences, name="preferences"),
    path("<uuid:pk>", views.open_notice, name="open"),
    path("<uuid:pk>/read", views.read, name="read"),
]
