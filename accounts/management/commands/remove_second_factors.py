"""For somebody who has lost their phone and their recovery codes, or for the last superuser."""

from django.core.management import BaseCommand, CommandError

from accounts.factors import remove_all
from accounts.models import User


class Command(BaseCommand):
    help = "Take all second factors off an account, and sign it out everywhere. Its owner is told by mail."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email, **options):
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError("No account has this e-mail address.")
        if not remove_all(user=user):
            raise CommandError("This account has no second factor.")
        self.stdout.write(f"{user.email} signs in with the password alone now.")
