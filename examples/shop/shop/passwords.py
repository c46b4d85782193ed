"""Password hashing for a shop whose passwords are made up and published."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """Django's own with few rounds: the demo is attacked all day and shares your machine."""

    iterations = 10_000
