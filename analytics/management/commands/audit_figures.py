from django.core.management.base import BaseCommand, CommandError

from analytics import operations


class Command(BaseCommand):
    help = "Count all figures once more from their rows; report each that differs. --rebuild counts them anew for good."

    def add_arguments(self, parser):
        parser.add_argument("--rebuild", action="store_true", help="make them what they should be")

    def handle(self, **options):
        if options["rebuild"]:
            operations.mark_all()
        operations.sweep_all()
        found = operations.audit()
        for difference in found:
            self.stderr.write(str(difference))
        if found:
            raise CommandError(f"{len(found)} figures are wrong. --rebuild counts them anew.")
        self.stdout.write("All figures are what their rows say.")
