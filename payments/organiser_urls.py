from django.urls import path

from payments.views import account, by_hand, organise

app_name = "money"
urlpatterns = [
    path("events/<slug:slug>/payments", organise.payments, name="payments"),
    path("events/<slug:slug>/payments.csv", organise.payments_csv, name="payments_csv"),
    path("events/<slug:slug>/refunds", organise.report, name="refunds"),
    path("events/<slug:slug>/refunds.csv", organise.refunds_csv, name="refunds_csv"),
    path("events/<slug:slug>/payments/<uuid:pk>", organise.booking, name="booking"),
    path("events/<slug:slug>/payments/<uuid:pk>/book-in", by_hand.book_in, name="book_in"),
    path("events/<slug:slug>/payments/<uuid:pk>/refund", by_hand.refund, name="refund"),
    path("events/<slug:slug>/payments/<uuid:pk>/tickets", by_hand.tickets, name="tickets"),
    path("events/<slug:slug>/payments/<uuid:pk>/give-back", by_hand.give_back, name="give_back"),
    path("events/<slug:slug>/payments/<uuid:pk>/ask", by_hand.ask, name="ask"),
    path("events/<slug:slug>/payments/<uuid:pk>/refunds/<uuid:refund_pk>/done", by_hand.paid_back, name="paid_back"),
    path("events/<slug:slug>/payments/<uuid:pk>/refunds/<uuid:refund_pk>/again", by_hand.send_anew, name="send_anew"),
    path("teams/<uuid:pk>/payments", account.account, name="account"),
]
