from django.urls import path

from payments import views

app_name = "payments"
urlpatterns = [
    path("<uuid:pk>/checkout", views.checkout, name="checkout"),
    path("<uuid:pk>/paid", views.paid, name="paid"),
    path("<uuid:pk>/transfer", views.transfer, name="transfer"),
    path("<uuid:pk>/receipt.pdf", views.receipt, name="receipt"),
    path("<uuid:pk>/late", views.late, name="late"),
]
