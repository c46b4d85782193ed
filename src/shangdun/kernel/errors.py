"""Every error a person can meet, in one tree.

ShangdunError
├── ConfigError        a key of shangdun.toml or the environment is wrong
├── UsageError         the command or request is called wrongly
├── RuleError          a detection rule cannot be used
├── ParseError         a line or document cannot be read
├── StoreError         the lake or the spool cannot be read or written
├── LedgerError        the ledger's chain or a checkpoint does not hold
├── NotAllowed         the person may not do this
├── NotFound           there is no such record, or the person may not see it
└── Conflict           somebody else changed the record first
"""

from __future__ import annotations


class ShangdunError(Exception):
    """What happened, where, and what to do about it.

    ``code`` is stable and meant for programs (``rule.syntax``); ``where`` is a file and line, a
    config key or a record; ``fix`` tells a person the next step.
    """

    default_code = "error"

    def __init__(self, message: str, *, code: str = "", where: str = "", fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        fix = f" ({self.fix})" if self.fix else ""
        return f"{place}{self.message}{fix}"

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.message, self.code, self.where, self.fix))


def _rebuild(
    kind: type[ShangdunError], message: str, code: str, where: str, fix: str
) -> ShangdunError:
    return kind(message, code=code, where=where, fix=fix)


class ConfigError(ShangdunError):
    default_code = "config"


class UsageError(ShangdunError):
    default_code = "usage"


class RuleError(ShangdunError):
    default_code = "rule"


class ParseError(ShangdunError):
    default_code = "parse"


class StoreError(ShangdunError):
    default_code = "store"


class LedgerError(ShangdunError):
    default_code = "ledger"


class NotAllowed(ShangdunError):
    default_code = "not_allowed"


class NotFound(ShangdunError):
    default_code = "not_found"


class Conflict(ShangdunError):
    default_code = "conflict"
