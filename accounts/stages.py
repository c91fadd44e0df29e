"""Steps of signing in that differ from allauth's."""

from allauth.account import stages

from accounts.entrance import waits_for_link


class EmailVerificationStage(stages.EmailVerificationStage):
    def handle(self):
        if self.login.user is not None and not self.login.signup and not waits_for_link(self.login.user):
            return None, True
        return super().handle()
