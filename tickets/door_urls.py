from django.urls import path

from tickets import door_views as views

app_name = "door"
urlpatterns = [
    path("door", views.home, name="home"),
    path("organise/events/<slug:slug>/door", views.door, name="door"),
    path("organise/events/<slug:slug>/door/scan", views.scan, name="scan"),
    path("organise/events/<slug:slug>/door/frame", views.frame, name="frame"),
    path("organise/events/<slug:slug>/door/count", views.count, name="count"),
    path("organise/events/<slug:slug>/door/guests", views.guests, name="guests"),
    path("organise/events/<slug:slug>/door/guests/<uuid:pk>/in", views.let_in, name="let_in"),
    path("organise/events/<slug:slug>/door/guests/<uuid:pk>/undo", views.undo, name="undo"),
    path("organise/events/<slug:slug>/door/scans", views.scans, name="scans"),
]
