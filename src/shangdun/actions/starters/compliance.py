"""The law register: what the answers say of the shop, and every duty that follows."""

from __future__ import annotations

from django.utils.translation import ngettext

from shangdun.actions.compliance.duties import ShopFacts, state_facts
from shangdun.actions.compliance.register import take_in
from shangdun.actions.starters import Asked, Started, in_words
from shangdun.govern.law.register import register
from shangdun.records.compliance import duties_standing, law_facts
from shangdun.respond.groups import Group

ORDER = 30


def start(asked: Asked) -> Started:
    """Take the register in; what was stated before stays as it is."""
    known = law_facts()
    if not known.pk:
        state_facts(
            ShopFacts(
                platform=asked.platform or None,
                customers=asked.customers,
                important_data=known.important_data,
                personalised=known.personalised,
                mlps_level=known.mlps_level,
            ),
            known,
        )
    made = take_in(register(), owners_of(asked), asked.at)
    bind = sum(one.counts for one in duties_standing(asked.at))
    what = in_words(
        lambda: (
            ngettext(
                "%(n)d duty under the law that binds you",
                "%(n)d duties under the law that bind you",
                bind,
            )
            % {"n": bind}
        )
    )
    return Started(what, made.duties, "/law/")


def owners_of(asked: Asked) -> dict[str, int]:
    """People by the company's groups, as far as the answers name some."""
    roles = {
        Group.LEADERSHIP: ("lead", "leadership", "manager"),
        Group.TECHNICAL_SUPPORT: ("technical", "technical_support", "operations"),
        Group.CUSTOMER_SERVICE: ("service", "customer_service"),
        Group.LEGAL: ("legal",),
        Group.LOGISTICS: ("logistics",),
    }
    return {
        group.value: asked.people[name]
        for group, names in roles.items()
        for name in reversed(names)
        if name in asked.people
    }
