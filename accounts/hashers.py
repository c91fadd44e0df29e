"""Password hashing."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class TunedArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id with OWASP's smallest recommended figures: 19 MiB, 2 passes, 1 lane.

    Django's defaults (100 MiB, 8 lanes) cost 0.5 to 1 s on a small machine, which makes sign-in itself
    a way to bring the site down. Source: OWASP Password Storage Cheat Sheet, "Argon2id".
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
