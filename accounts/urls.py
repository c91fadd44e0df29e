from django.urls import path

from accounts import views

urlpatterns = [
    path("", views.profile, name="account_profile"),
    path("sessions", views.sessions, name="account_sessions"),
    path("privacy", views.privacy, name="account_privacy"),
    path("delete", views.delete, name="account_delete"),
]
