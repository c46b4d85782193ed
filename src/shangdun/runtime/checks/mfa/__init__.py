"""Second factors of everybody who can act in the console."""

from __future__ import annotations

from shangdun.runtime.checks.asked import Asked, Seen, SeenFact, failed, passed


def check(asked: Asked) -> Seen:
    """Fails where one is only offered, or somebody who can act has none."""
    from allauth.mfa.models import Authenticator  # noqa: PLC0415  needs boot

    from shangdun.records.models import User  # noqa: PLC0415  as above
    from shangdun.records.roles import Role, capabilities_of  # noqa: PLC0415  as above

    mere = capabilities_of([Role.EMPLOYEE])
    people = User.objects.filter(is_active=True).order_by("username").prefetch_related("groups")
    act = [user for user in people if user.capabilities - mere]
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    rows = Authenticator.objects.filter(user__in=act, type__in=kinds)
    having = set(rows.values_list("user_id", flat=True))
    without = [user.username for user in act if user.pk not in having]
    required = asked.config.web.mfa == "required"
    facts = (
        SeenFact("coverage", f"{len(act) - len(without)} / {len(act)}", "/settings/people/"),
        SeenFact("setting", asked.config.web.mfa, "/settings/"),
    )
    if without:
        names = ", ".join(without[:10])
        return failed("without", *facts, count=len(without), total=len(act), names=names)
    if not required:
        return failed("offered", *facts)
    return passed("good", *facts, total=len(act))
