"""What people are told, for platform staff: whether it arrived, what the other side said, and sending it again."""

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.utils import timezone
from django.utils.text import Truncator
from unfold.admin import ModelAdmin, TabularInline

from core.admin import ReadOnlyAdmin
from core.errors import DomainError
from notifications import operations
from notifications.kinds import KINDS
from notifications.models import Choice, Delivery, Device, Mailing, Notice, QuietHours

SHORT = 80  # characters of an answer in a list


class KindFilter(SimpleListFilter):
    title = "kind"
    parameter_name = "kind"
    field = "kind"

    def lookups(self, request, model_admin):
        return [(name, kind.label) for name, kind in KINDS.items()]

    def queryset(self, request, queryset):
        return queryset.filter(**{self.field: self.value()}) if self.value() else queryset


class NoticeKindFilter(KindFilter):
    field = "notice__kind"


class DeliveryInline(ReadOnlyAdmin, TabularInline):
    model = Delivery
    fields = ["channel", "address", "device", "status", "attempts", "again", "sent_at", "answer"]
    ordering = ["created_at", "id"]
    extra = 0
    show_change_link = True

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("device")


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin, ModelAdmin):
    """What anybody was told, and by which channels."""

    list_display = ["title", "recipient", "kind", "in_bell", "created_at", "read_at"]
    list_filter = [KindFilter, "in_bell", "created_at"]
    search_fields = ["key", "title", "recipient__email"]
    search_help_text = "A key, a title or the address of somebody’s account"
    list_select_related = ["recipient"]
    ordering = ["-created_at", "-id"]
    date_hierarchy = "created_at"
    show_full_result_count = False
    inlines = [DeliveryInline]
    fieldsets = [
        (None, {"fields": ["title", "line", "url", "recipient"]}),
        ("What it is about", {"fields": ["kind", "key", "about", "data"]}),
        ("When", {"fields": ["created_at", "expires_at", "in_bell", "read_at"]}),
    ]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin, ModelAdmin):
    """Each message on its way, or at its end: under “Given up” what nobody will try again by themselves."""

    list_display = ["notice", "kind", "channel", "to", "status", "attempts", "said", "created_at", "sent_at"]
    list_filter = ["status", "channel", NoticeKindFilter, "created_at"]
    search_fields = ["address", "notice__key", "notice__title", "notice__recipient__email"]
    search_help_text = "An e-mail address, a notice’s key or its title"
    list_select_related = ["notice", "device"]
    ordering = ["-created_at", "-id"]
    date_hierarchy = "created_at"
    show_full_result_count = False
    actions = ["send_again"]
    readonly_fields = ["kind", "message_id"]
    fieldsets = [
        (None, {"fields": ["notice", "kind", "channel", "address", "device"]}),
        ("How it went", {"fields": ["status", "attempts", "again", "answer"]}),
        ("When", {"fields": ["created_at", "due_at", "sent_at"]}),
        ("On the other side", {"fields": ["message_id"]}),
    ]

    @admin.display(description="kind", ordering="notice__kind")
    def kind(self, delivery):
        return delivery.notice.sort.label

    @admin.display(description="to", ordering="address")
    def to(self, delivery):
        return delivery.address or delivery.device

    @admin.display(description="answer")
    def said(self, delivery):
        return Truncator(delivery.answer).chars(SHORT)

    @admin.display(description="Message-ID")
    def message_id(self, delivery):
        return delivery.message_id

    @admin.action(description="Send again", permissions=["change"])
    def send_again(self, request, queryset):
        """Those that can be; of each it is noted who did it."""
        sent = 0
        for delivery in queryset.select_related("notice", "device"):
            try:
                operations.send_again(delivery=delivery, now=timezone.now())
            except DomainError as refusal:
                self.message_user(request, f"{delivery.notice}: {refusal}", messages.WARNING)
            else:
                self.log_change(request, delivery, "Sent again.")
                sent += 1
        if sent:
            self.message_user(request, f"{sent} on the way again.", messages.SUCCESS)


@admin.register(Mailing)
class MailingAdmin(ReadOnlyAdmin, ModelAdmin):
    """Messages to everybody who goes to an event, and how far they have come."""

    list_display = ["event", "kind", "due_at", "began_at", "told", "people", "finished_at", "dropped"]
    list_filter = [KindFilter, "due_at"]
    search_fields = ["key", "event__title"]
    search_help_text = "A key or an event’s title"
    list_select_related = ["event"]
    ordering = ["-created_at", "-id"]
    show_full_result_count = False


@admin.register(Device)
class DeviceAdmin(ReadOnlyAdmin, ModelAdmin):
    """Browsers that are pushed to. Their addresses are secrets: whoever has one may try to push there."""

    list_display = ["label", "user", "created_at", "reached_at"]
    list_filter = ["created_at", ("reached_at", admin.EmptyFieldListFilter)]
    search_fields = ["label", "user__email"]
    search_help_text = "A browser or an e-mail address"
    list_select_related = ["user"]
    ordering = ["-created_at", "-id"]
    fields = ["label", "user", "created_at", "reached_at"]


@admin.register(Choice)
class ChoiceAdmin(ReadOnlyAdmin, ModelAdmin):
    """What people want to hear otherwise than by default: for them to change, and for staff to explain."""

    list_display = ["user", "kind", "channel", "wanted"]
    list_filter = ["kind", "channel", "wanted"]
    search_fields = ["user__email"]
    list_select_related = ["user"]
    ordering = ["-id"]


@admin.register(QuietHours)
class QuietHoursAdmin(ReadOnlyAdmin, ModelAdmin):
    """When people's devices stay silent."""

    list_display = ["user", "begin", "until", "zone"]
    search_fields = ["user__email"]
    list_select_related = ["user"]
    ordering = ["user__email"]
