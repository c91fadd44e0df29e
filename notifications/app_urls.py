"""What has to stand at the root: a service worker serves the folder it lies in."""

from django.urls import path

from notifications.views import app

app_name = "app"
urlpatterns = [
    path("manifest.webmanifest", app.manifest, name="manifest"),
    path("sw.js", app.service_worker, name="service_worker"),
    path("offline", app.offline, name="offline"),
]
