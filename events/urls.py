from django.urls import path

from events import documents, live_views, views

app_name = "events"
urlpatterns = [
    path("", views.event_list, name="list"),
    path("events/<slug:slug>", views.event_detail, name="detail"),
    path("events/<slug:slug>/code", views.event_with_code, name="with_code"),
    path("events/<slug:slug>/cover", documents.cover, name="cover"),
    path("events/<slug:slug>/share.png", documents.share_image, name="share_image"),
    path("events/<slug:slug>/calendar.ics", documents.calendar, name="calendar"),
    path("live/events", live_views.newest, name="live"),
    path("sitemap.xml", documents.sitemap, name="sitemap"),
    path("robots.txt", documents.robots, name="robots"),
]
