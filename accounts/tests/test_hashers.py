import subprocess
import sys

import argon2

from accounts.hashers import TunedArgon2PasswordHasher


def test_passwords_are_kept_as_argon2id_at_owasp_s_figures():
    hasher = TunedArgon2PasswordHasher()
    encoded = hasher.encode("correct horse", hasher.salt())
    parameters = argon2.extract_parameters(encoded.removeprefix("argon2"))
    assert (parameters.type, parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (
        argon2.Type.ID,
        19 * 1024,
        2,
        1,
    )
    assert hasher.verify("correct horse", encoded)
    assert not hasher.verify("correct horsE", encoded)


def test_outside_tests_it_is_the_only_hasher():
    command = (
        "import os; os.environ['EVENTLY_ENV'] = 'local'; from evently import settings; print(settings.PASSWORD_HASHERS)"
    )
    shown = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, timeout=60, check=True)
    assert shown.stdout.strip() == "['accounts.hashers.TunedArgon2PasswordHasher']"
