"""The API and its schema."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.tokens.AccessTokenAuthentication"],
    "DEFAULT_THROTTLE_CLASSES": ["core.rest.throttle.AtLarge"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.rest.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "core.rest.schema.ProblemAutoSchema",
    "EXCEPTION_HANDLER": "core.rest.problems.exception_handler",
    "URL_FORMAT_OVERRIDE": None,  # what a client accepts stands in its Accept header alone
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Evently API",
    "DESCRIPTION": "Publish events, book tickets, check people in. Errors are `application/problem+json`.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SORT_OPERATIONS": False,  # as evently/api.py lists them
    "SCHEMA_PATH_PREFIX": r"/api/",
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.rest.schema.add_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "EventStatusEnum": "events.models.Event.Status",
        "BookingStatusEnum": "bookings.models.Booking.Status",
        "PaymentStatusEnum": "payments.models.Payment.Status",
        "RefundStatusEnum": "payments.models.Refund.Status",
        "RefundKindEnum": "payments.models.Refund.Kind",
        "LateChoiceEnum": "payments.serializers.CHOICES",
        "LateStatusEnum": "payments.models.Rescue.Status",
        "PaymentMethodEnum": "events.models.PaymentMethod",
        "WaitlistStatusEnum": "waitlist.models.Entry.Status",
        "PromoCodeKindEnum": "events.models.PromoCode.Kind",
        "WaitlistOrderEnum": "events.models.WaitlistOrder",
        "NoticeKindEnum": "notifications.serializers.NAMES",
        "NoticeGroupEnum": "notifications.kinds.Group",
        "ChannelEnum": "notifications.kinds.Channel",
        "FiguresRangeEnum": "analytics.serializers.NAMES",
        "FiguresScopeEnum": "analytics.serializers.KINDS",
        "FiguresStepEnum": "analytics.figures.period.Step",
    },
}
