from django.urls import path

from payments import views

app_name = "payments"
urlpatterns = [
    path("<uuid:pk>/checkout", views.checkout, name="checkout"),
    path("<uuid:pk>/paid", views.paid, name="paid"),
]
