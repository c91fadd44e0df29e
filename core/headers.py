"""What every answer tells a browser beyond what Django and django-csp say: whose it is, and what its page may use."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Of a device's powers pages use one: where somebody is, for events nearby, when they ask. The door's page names the
# camera itself.
PERMISSIONS = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(self), gyroscope=(), magnetometer=(), "
    "microphone=(), midi=(), payment=(), usb=()"
)
# Other sites may show these, mailboxes among them; programs of other origins ask by CORS, which this says nothing of.
SHOWN_ELSEWHERE = ("/cover", "/share.png")


def browser_rules(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Add Permissions-Policy and Cross-Origin-Resource-Policy, where a view has not said it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        elsewhere = request.path.startswith("/events/") and request.path.endswith(SHOWN_ELSEWHERE)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if elsewhere else "same-origin")
        return response

    return middleware
