from django.urls import path

from accounts import address_views, views

urlpatterns = [
    path("", views.profile, name="account_profile"),
    path("email/", address_views.email, name="account_email"),
    path("email/confirm/<str:key>", address_views.confirm, name="account_confirm_change"),
    path("email/stop/<str:key>", address_views.stop, name="account_stop_change"),
    path("sessions", views.sessions, name="account_sessions"),
    path("privacy", views.privacy, name="account_privacy"),
    path("archive", views.archive, name="account_archive"),
    path("delete", views.delete, name="account_delete"),
]
