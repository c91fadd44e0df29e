from django.urls import path

from notifications import views
from notifications.views import devices

app_name = "notifications"
urlpatterns = [
    path("", views.notices, name="list"),
    path("bell", views.bell, name="bell"),
    path("read", views.read_all, name="read_all"),
    path("preferences", views.preferences, name="preferences"),
    path("devices", devices.devices, name="devices"),
    path("devices/known", devices.known, name="known_devices"),
    path("devices/<uuid:pk>/remove", devices.remove, name="remove_device"),
    path("devices/<uuid:pk>/test", devices.test, name="test_device"),
    path("unsubscribe/<str:token>", views.unsubscribe, name="unsubscribe"),
    path("<uuid:pk>", views.open_notice, name="open"),
    path("<uuid:pk>/read", views.read, name="read"),
]
