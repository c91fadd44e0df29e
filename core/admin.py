"""What the admin's pages share: rows that only operations write are read-only there."""

from django.contrib.admin.options import BaseModelAdmin
from django.core.exceptions import BadRequest, ValidationError


class KnownRows:
    """For a list with actions. Django looks the selected ids up without a look at their form."""

    def response_action(self, request, queryset):
        try:
            return super().response_action(request, queryset)  # type: ignore[misc]  # a ModelAdmin comes after
        except ValidationError as error:
            raise BadRequest("An id that is none was selected.") from error


class ReadOnlyAdmin(KnownRows, BaseModelAdmin):
    """No add, change or delete; actions call operations instead."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        # Actions need this on the list; with an object it is the form, which stays read-only.
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False
