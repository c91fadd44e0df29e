"""Signing in: passwords, second factors, sessions, tokens."""

from django.urls import reverse_lazy

from evently.settings.environment import ENVIRONMENT, PRODUCTION, env
from evently.settings.identity import BASE_URL

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["accounts.hashers.TunedArgon2PasswordHasher"]
if ENVIRONMENT == "test":  # thousands of sign-ins; the real one has a test of its own
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = reverse_lazy("events:list")
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupDetails"
ACCOUNT_FORMS = {
    "login": "accounts.entrance.SignIn",
    "signup": "accounts.entrance.SignUp",
    "change_password": "accounts.entrance.ChangePassword",
    "set_password": "accounts.entrance.SetPassword",
    "reset_password": "accounts.entrance.ResetPassword",
    "reset_password_from_key": "accounts.entrance.ResetPasswordFromKey",
    "reauthenticate": "accounts.entrance.Reauthenticate",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "accounts.models.display_name"
# Whether an account opens only by the link in its first mail: then signing up tells nobody who has an account.
CONFIRM_ADDRESS_FIRST = env.bool("CONFIRM_ADDRESS_FIRST", PRODUCTION)
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if CONFIRM_ADDRESS_FIRST else "optional"
ACCOUNT_EMAIL_NOTIFICATIONS = True  # of a new password or address, to whom it may surprise
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # in the browser that has signed up, and in no other
ACCOUNT_LOGOUT_REDIRECT_URL = reverse_lazy("events:list")
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = BASE_URL.split(":")[0]
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
MFA_ADAPTER = "accounts.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "accounts.factor_forms.TypeCode",
    "reauthenticate": "accounts.factor_forms.TypeCodeAgain",
    "activate_totp": "accounts.factor_forms.ActivateApp",
    "add_webauthn": "accounts.factor_forms.AddKey",
    "edit_webauthn": "accounts.factor_forms.RenameKey",
    "authenticate_webauthn": "accounts.factor_forms.ShowKey",
    "reauthenticate_webauthn": "accounts.factor_forms.ShowKeyAgain",
    "login_webauthn": "accounts.factor_forms.SignInByKey",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Evently"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off; each code still works once (accounts.factors)
# Platform staff have their powers only with a second factor; `make run`'s sample staff, on one's own machine, without.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", PRODUCTION)
HEADLESS_TOKEN_STRATEGY = "allauth.headless.tokens.strategies.jwt.JWTTokenStrategy"  # noqa: S105  a class, no secret
HEADLESS_JWT_ALGORITHM = "HS256"
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = 300
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = 30 * 24 * 3600
SESSION_COOKIE_AGE = 30 * 24 * 3600
