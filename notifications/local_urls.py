"""Pages for those who work on Evently: what mail was sent here, and how each message looks."""

from django.urls import path

from notifications.views import inbox, previews

urlpatterns = [
    path("inbox", inbox.inbox, name="inbox"),
    path("inbox/<str:name>", inbox.mail, name="inbox_mail"),
    path("inbox/<str:name>/html", inbox.mail_html, name="inbox_html"),
    path("inbox/<str:name>/files/<int:number>", inbox.mail_file, name="inbox_file"),
    path("style/messages", previews.messages, name="message_previews"),
    path("style/messages/<slug:kind>", previews.message, name="message_preview"),
    path("style/messages/<slug:kind>/<slug:length>", previews.message_html, name="message_preview_html"),
]
