from django.urls import path

from waitlist import offer_views, views

app_name = "waitlist"
urlpatterns = [
    path("join/<slug:slug>", views.join, name="join"),
    path("offer/<str:token>", offer_views.offer, name="offer"),
    path("offer/<str:token>/pass", offer_views.pass_by_link, name="pass_by_link"),
    path("<uuid:pk>", views.place, name="place"),
    path("<uuid:pk>/leave", views.leave, name="leave"),
    path("<uuid:pk>/pass", views.pass_up, name="pass"),
]
