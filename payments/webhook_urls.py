from django.urls import path

from payments import views

urlpatterns = [
    path("<slug:provider>", views.webhook, name="webhook"),
    path("<slug:provider>/<int:account_id>", views.webhook, name="account-webhook"),
]
