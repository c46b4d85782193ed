"""The password of everybody whom ``seed`` makes."""

PASSWORD = "correct-horse-battery"
