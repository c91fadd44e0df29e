"""`manage.py doctor`: what is wrong, and the one thing to do about it."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evently import doctor
from evently.doctor import Finding, machine, outside, servers, workers  # noqa: F401  they register their checks

MARKS = {"ok": "ok   ", "note": "note ", "wrong": "WRONG"}


class Command(BaseCommand):
    help = "Look at everything this installation needs; fails if anything is wrong."
    requires_system_checks: list[str] = []  # it looks for itself, also where they would fail

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="findings as JSON")
        parser.add_argument("--only", nargs="+", choices=doctor.names(), metavar="CHECK", default=[])
        parser.add_argument("--mail", metavar="ADDRESS", help="send a test mail there as well")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = []
        for finding in self._examine(options["only"], options["mail"]):
            findings.append(finding)
            if not options["json"]:
                self._say(finding)
        if options["json"]:
            self.stdout.write(json.dumps([finding.as_dict() for finding in findings], indent=2))
        wrong = sum(finding.verdict == "wrong" for finding in findings)
        if wrong:
            raise CommandError(f"{wrong} of {len(findings)} things are wrong.")

    def _examine(self, only: list[str], to: str | None):
        yield from doctor.examine(only)
        if to:
            doctor.check("test mail", cure="Correct EMAIL_URL or the provider's key.")(lambda: outside.send_mail(to))
            yield doctor.look("test mail")

    def _say(self, finding: Finding) -> None:
        style = {"ok": self.style.SUCCESS, "note": self.style.WARNING, "wrong": self.style.ERROR}[finding.verdict]
        self.stdout.write(f"{style(MARKS[finding.verdict])} {finding.name:18} {finding.said}")
        if finding.cure:
            self.stdout.write(f"{'':25}→ {finding.cure}")
