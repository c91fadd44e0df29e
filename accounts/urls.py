from django.urls import path

from accounts import views

urlpatterns = [
    path("", views.profile, name="account_profile"),
    path("sessions", views.sessions, name="account_sessions"),
    path("privacy", views.privacy, name="account_privacy"),
    path("archive", views.archive, name="account_archive"),
    path("delete", views.delete, name="account_delete"),
]
