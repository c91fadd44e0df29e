"""Money for platform staff: to look at and to search; what moves it is an operation, or the organiser's page."""

from django.contrib import admin, messages
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.admin import ModelAdmin, TabularInline

from core.admin import ReadOnlyAdmin
from core.errors import DomainError
from payments import operations
from payments.models import Account, MoneyAct, Payment, ProviderEvent, Receipt, Refund, Rescue

WHO = ["booking__reference", "booking__name", "booking__email", "booking__customer__name", "booking__customer__email"]
WHO_HELP = "A booking's reference, a name, an e-mail address or an id of the provider"


def money_page(booking):
    """A link to the organiser's page of a booking's money."""
    address = reverse("money:booking", args=[booking.event.slug, booking.pk])
    return format_html('<a href="{}">{}</a>', address, booking.reference)


class ReceiptInline(ReadOnlyAdmin, TabularInline):
    model = Receipt
    fields = ["amount_label", "reference", "at", "dated", "by", "note"]
    readonly_fields = ["amount_label"]
    ordering = ["at"]
    extra = 0

    @admin.display(description="amount")
    def amount_label(self, receipt):
        return receipt.amount_label


class RefundInline(ReadOnlyAdmin, TabularInline):
    model = Refund
    fields = ["amount_label", "status", "kind", "reason", "by", "created_at", "done_at", "error"]
    readonly_fields = ["amount_label"]
    ordering = ["created_at"]
    extra = 0

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("payment", "by")

    @admin.display(description="amount")
    def amount_label(self, refund):
        return refund.amount_label


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin, ModelAdmin):
    """Every attempt to pay, with what came in and what went back."""

    list_display = ["reference", "method", "status", "amount_label", "received_label", "refunded_label", "created_at"]
    list_filter = ["status", "method", "provider", ("disputed_at", admin.EmptyFieldListFilter), "created_at"]
    search_fields = [*WHO, "provider_id", "receipts__reference"]
    search_help_text = WHO_HELP
    list_select_related = ["booking"]
    ordering = ["-created_at", "-id"]
    date_hierarchy = "created_at"
    show_full_result_count = False
    inlines = [ReceiptInline, RefundInline]
    actions = ["ask_again"]
    readonly_fields = ["amount_label", "received_label", "refunded_label", "page"]
    fieldsets = [
        (None, {"fields": ["page", "method", "status", "amount_label", "received_label", "refunded_label", "note"]}),
        ("Provider", {"fields": ["provider", "provider_id", "account", "expires_at"]}),
        ("When", {"fields": ["created_at", "paid_at", "ended_at", "checked_at", "check_at", "disputed_at"]}),
    ]

    @admin.display(description="booking", ordering="booking__reference")
    def reference(self, payment):
        return payment.booking.reference

    @admin.display(description="amount", ordering="amount")
    def amount_label(self, payment):
        return payment.amount_label

    @admin.display(description="came in", ordering="received")
    def received_label(self, payment):
        return payment.received_label if payment.received else "–"

    @admin.display(description="went back", ordering="refunded")
    def refunded_label(self, payment):
        return payment.refunded_label if payment.refunded else "–"

    @admin.display(description="organiser's page")
    def page(self, payment):
        return money_page(payment.booking)

    @admin.action(description="Ask the provider again", permissions=["change"])
    def ask_again(self, request, queryset):
        """By a worker; what it answers is settled as always."""
        asked = sum(operations.ask_soon(payment=payment) for payment in queryset)
        if asked:
            self.message_user(request, f"{asked} to be asked about, in a moment.", messages.SUCCESS)
        if left := len(queryset) - asked:
            self.message_user(request, f"{left} left alone: nobody to ask.", messages.WARNING)


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin, ModelAdmin):
    """All money that goes back."""

    list_display = ["reference", "amount_label", "status", "kind", "by", "created_at", "done_at", "error"]
    list_filter = ["status", "kind", "by_hand", "payment__provider", "created_at"]
    search_fields = [f"payment__{name}" for name in WHO] + ["provider_id", "reason"]
    search_help_text = WHO_HELP
    list_select_related = ["payment__booking", "by"]
    ordering = ["-created_at", "-id"]
    date_hierarchy = "created_at"
    show_full_result_count = False
    actions = ["send_anew"]
    readonly_fields = ["amount_label", "page"]
    fieldsets = [
        (None, {"fields": ["page", "payment", "amount_label", "status", "kind", "reason", "by", "by_hand"]}),
        ("Provider", {"fields": ["provider_id", "attempt", "error"]}),
        ("When", {"fields": ["created_at", "done_at", "check_at"]}),
    ]

    @admin.display(description="booking", ordering="payment__booking__reference")
    def reference(self, refund):
        return refund.payment.booking.reference

    @admin.display(description="amount", ordering="amount")
    def amount_label(self, refund):
        return refund.amount_label

    @admin.display(description="organiser's page")
    def page(self, refund):
        return money_page(refund.payment.booking)

    @admin.action(description="Send anew", permissions=["change"])
    def send_anew(self, request, queryset):
        """Those that have failed, as new attempts."""
        sent = 0
        for refund in queryset:
            try:
                operations.send_anew(refund_id=refund.pk, by=request.user, now=timezone.now())
            except DomainError as refusal:
                self.message_user(request, str(refusal), messages.WARNING)
            else:
                sent += 1
        if sent:
            self.message_user(request, f"{sent} sent anew.", messages.SUCCESS)


@admin.register(Receipt)
class ReceiptAdmin(ReadOnlyAdmin, ModelAdmin):
    """All money that came in."""

    list_display = ["payment", "amount_label", "reference", "at", "dated", "by"]
    list_filter = ["currency", "payment__method", "at"]
    search_fields = [f"payment__{name}" for name in WHO] + ["reference", "note"]
    search_help_text = "A booking's reference, a name, an e-mail address or the bank's reference"
    list_select_related = ["payment", "by"]
    ordering = ["-at", "-id"]
    show_full_result_count = False

    @admin.display(description="amount", ordering="amount")
    def amount_label(self, receipt):
        return receipt.amount_label


@admin.register(Rescue)
class RescueAdmin(ReadOnlyAdmin, ModelAdmin):
    """What became of money that came when the seats were gone."""

    list_display = ["booking", "status", "asked_at", "decide_by", "ended_at"]
    list_filter = ["status", "asked_at"]
    search_fields = WHO
    search_help_text = "A booking's reference, a name or an e-mail address"
    list_select_related = ["booking"]
    ordering = ["-asked_at", "-id"]
    show_full_result_count = False


@admin.register(ProviderEvent)
class ProviderEventAdmin(ReadOnlyAdmin, ModelAdmin):
    """What providers told us."""

    list_display = ["kind", "provider", "event_id", "payment", "received_at"]
    list_filter = ["provider", "received_at"]
    search_fields = ["event_id", "kind", "payment__booking__reference"]
    search_help_text = "An id, a kind of event or a booking's reference"
    list_select_related = ["payment"]
    ordering = ["-received_at", "-id"]
    show_full_result_count = False


@admin.register(MoneyAct)
class MoneyActAdmin(ReadOnlyAdmin, ModelAdmin):
    """Who did what by hand."""

    list_display = ["kind", "booking", "by", "at", "note"]
    list_filter = ["kind", "at"]
    search_fields = ["booking__reference", "by__name", "by__email", "note"]
    search_help_text = "A booking's reference, who did it or why"
    list_select_related = ["booking", "by"]
    ordering = ["-at", "-id"]
    show_full_result_count = False


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin, ModelAdmin):
    """How teams are paid. Secrets are not shown."""

    list_display = ["team", "cards", "transfers", "transfer_days", "legal_name"]
    search_fields = ["team__name", "legal_name", "bank_holder"]
    search_help_text = "A team, a name on receipts or an account holder"
    list_select_related = ["team"]
    ordering = ["team__name"]
    show_full_result_count = False
    readonly_fields = ["cards", "transfers"]
    fieldsets = [
        (None, {"fields": ["team", "cards", "statement"]}),
        (
            "Transfers",
            {"fields": ["transfers", "bank_holder", "bank_account", "bank_code", "bank_name", "transfer_days"]},
        ),
        ("Receipts", {"fields": ["legal_name", "address", "tax_id"]}),
    ]

    @admin.display(boolean=True, description="own card keys")
    def cards(self, account):
        return account.takes_cards

    @admin.display(boolean=True, description="takes transfers")
    def transfers(self, account):
        return account.takes_transfers
