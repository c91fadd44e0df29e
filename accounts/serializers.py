"""What programs say and hear about people."""

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from rest_framework import serializers

from accounts.models import Membership, User
from accounts.operations import MAX_NAME
from core.rest.fields import Moment, Password, Text
from core.text import one_line


class SignUp(serializers.Serializer):
    """A new account. Whatever else is sent, a role above all, is not looked at."""

    email = serializers.EmailField(max_length=254)
    password = Password()
    name = Text(max_length=MAX_NAME, validators=[one_line])

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            validate_password(attrs["password"], User(email=attrs["email"], name=attrs["name"]))
        except ValidationError as error:
            raise serializers.ValidationError({"password": error.messages}) from error
        return attrs


class Mailed(serializers.Serializer):
    """How to go on, where addresses are confirmed first."""

    detail = serializers.CharField()


class SignIn(serializers.Serializer):
    email = serializers.EmailField(max_length=254)
    password = Password()


class SecondFactor(serializers.Serializer):
    """The second step of signing in."""

    challenge = Text(max_length=1000, help_text="As it came with `mfa-required`.")
    code = Text(max_length=20, required=False, help_text="What the authenticator app shows.")
    recovery_code = Text(max_length=20, required=False, help_text="Instead of a code: each works once.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        codes = [attrs.pop(name) for name in ("code", "recovery_code") if name in attrs]
        if len(codes) != 1:
            raise serializers.ValidationError({"code": ["Send either a code or a recovery code."]})
        return {**attrs, "code": codes[0]}


class Refresh(serializers.Serializer):
    refresh = Text(max_length=4000, trim_whitespace=True)


class SignOut(serializers.Serializer):
    refresh = Text(max_length=4000, required=False, help_text="Instead of an access token that has expired.")


class Profile(serializers.Serializer):
    """What people may change about themselves."""

    name = Text(max_length=MAX_NAME, required=False, validators=[one_line])


class MembershipOut(serializers.Serializer):
    """A team one belongs to."""

    id = serializers.UUIDField(source="team_id")
    name = serializers.CharField(source="team.name")
    role = serializers.ChoiceField(Membership.Role.choices)


class Person(serializers.Serializer):
    """Somebody about themselves."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    email_verified = serializers.SerializerMethodField()
    name = serializers.CharField()
    is_staff = serializers.BooleanField()
    joined_at = Moment()
    teams = serializers.SerializerMethodField()

    def get_email_verified(self, user: User) -> bool:
        return EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()

    def get_teams(self, user: User) -> MembershipOut(many=True):  # type: ignore[valid-type]
        memberships = user.memberships.select_related("team").order_by("team__name", "team_id")
        return MembershipOut(memberships, many=True).data


class Tokens(serializers.Serializer):
    access = serializers.CharField(help_text="For `Authorization: Bearer …`; lives for minutes.")
    refresh = serializers.CharField(help_text="For /api/auth/refresh, once.")


class SignedIn(Tokens):
    user = Person()
