from django.urls import path

from bookings import views

app_name = "bookings"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("start/<slug:slug>", views.start, name="start"),
    path("accept/<uuid:entry>", views.accept, name="accept"),
    path("offer/<str:token>", views.accept_by_link, name="accept_by_link"),
    path("<uuid:pk>", views.detail, name="detail"),
    path("<uuid:pk>/hold", views.hold, name="hold"),
    path("<uuid:pk>/more-time", views.extend, name="extend"),
    path("<uuid:pk>/give-back", views.give_back, name="give_back"),
    path("<uuid:pk>/cancel", views.cancel, name="cancel"),
]
