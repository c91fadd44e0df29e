from django.urls import path

from waitlist import views

app_name = "waitlist"
urlpatterns = [
    path("join/<slug:slug>", views.join, name="join"),
    path("<uuid:pk>", views.place, name="place"),
    path("<uuid:pk>/leave", views.leave, name="leave"),
    path("<uuid:pk>/pass", views.pass_up, name="pass"),
]
