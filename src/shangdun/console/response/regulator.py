"""A report to a regulator, filled in with what is known; what is not is marked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.template.defaultfilters import date as format_date
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from shangdun.console.incidents import title_of, told
from shangdun.console.response.clocks import spoken
from shangdun.console.wordings.grades import GRADE_WORDS
from shangdun.console.wordings.regulator import DATA_KIND_WORDS
from shangdun.console.words import entity_label
from shangdun.records.facts import facts_of
from shangdun.records.models import (
    Company,
    Decision,
    Incident,
    Task,
    TaskState,
    TimelineKind,
    User,
)
from shangdun.respond.facts import Facts
from shangdun.respond.regulators.forms import MARKS, Form

LISTED = 12
LANGUAGES = {"zh": "zh-hans", "en": "en"}


class Filling:
    """What is known of an incident, fact by fact, as lines of a report."""

    def __init__(self, user: User, incident: Incident, mark: str) -> None:
        told([incident])
        self.incident = incident
        self.user = user
        self.facts: Facts = facts_of(incident)
        self.company = Company.objects.first() or Company()
        self.mark = mark

    def lines(self, name: str) -> list[str]:
        """The lines of one ``fill`` of the form."""
        fill: Callable[[], list[str]] = getattr(self, f"_{name}")
        return fill()

    def _line(self, label: str, value: str | None) -> str:
        return _("%(label)s: %(value)s") % {"label": label, "value": value or self.mark}

    def _company(self) -> list[str]:
        name = str(self.company)
        found = [self._line(_("Name of the entity"), name)]
        if self.company.credit_code:
            found.append(self._line(_("Unified social credit code"), self.company.credit_code))
        if self.company.address:
            found.append(self._line(_("Address"), self.company.address))
        return found

    def _contact(self) -> list[str]:
        company = self.company
        ways = [company.contact_name, company.contact_phone, company.contact_email]
        return [self._line(_("Contact"), _(", ").join(way for way in ways if way))]

    def _systems(self) -> list[str]:
        site = [self.company.website] if self.company.website else []
        affected = [self.incident.affected.strip()] if self.incident.affected.strip() else []
        return [self._line(_("Systems affected"), _("; ").join(site + affected))]

    def _times(self) -> list[str]:
        return [
            self._line(_("Began"), _moment(self.incident.occurred_at)),
            self._line(_("Company became aware"), _moment(self.facts.known_at)),
        ]

    def _place(self) -> list[str]:
        place = _(", ").join(p for p in (self.company.province, self.company.address) if p)
        return [self._line(_("Place of the incident"), place)]

    def _type(self) -> list[str]:
        kind = str(self.incident.get_type_display())
        return [self._line(_("Type"), f"{kind} · {title_of(self.incident)}")]

    def _grade(self) -> list[str]:
        grade = str(GRADE_WORDS[self.incident.grade]) if self.incident.grade else None
        return [self._line(_("Grade"), grade)]

    def _people(self) -> list[str]:
        if self.facts.personal_data is False:
            return [self._line(_("People affected"), _("none; no personal data is affected"))]
        return [self._line(_("People affected"), _number(self.facts.people))]

    def _eu_people(self) -> list[str]:
        return [self._line(_("People in the EU"), _number(self.facts.eu_people))]

    def _data_kinds(self) -> list[str]:
        if self.facts.personal_data is False:
            return [self._line(_("Kinds of data"), _("no personal data"))]
        kinds = [str(DATA_KIND_WORDS[kind]) for kind in self.facts.data_kinds]
        return [self._line(_("Kinds of data"), _(", ").join(kinds))]

    def _outage(self) -> list[str]:
        minutes = self.facts.outage_minutes
        span = None if minutes is None else spoken(minutes * 60) if minutes else _("none")
        return [self._line(_("Outage of main functions"), span)]

    def _loss(self) -> list[str]:
        loss = self.facts.loss
        shown = None
        if loss is not None:
            amount = formats.number_format(loss, 2, use_l10n=True, force_grouping=True)
            shown = _("%(amount)s yuan") % {"amount": amount}
        return [self._line(_("Direct loss"), shown)]

    def _ransom(self) -> list[str]:
        if not self.facts.ransom:
            return []
        return [self._line(_("Ransom demanded (amount, way, date)"), None)]

    def _risk(self) -> list[str]:
        words = {True: _("high"), False: _("not high"), None: None}
        found = [self._line(_("Risk to those affected"), words[self.facts.high_risk])]
        if self.facts.harm_averted:
            found.append(_("The harm was effectively averted by measures taken."))
        return found

    def _state(self) -> list[str]:
        return [
            self._line(_("State"), str(self.incident.get_state_display())),
            self._line(_("Further harm"), None),
        ]

    def _cause(self) -> list[str]:
        seen = (
            [self._line(_("Detected"), title_of(self.incident))] if self.incident.rule_uid else []
        )
        return [*seen, self._line(_("Cause of the incident"), None)]

    def _leads(self) -> list[str]:
        rows = self.incident.entities.exclude(kind="rule").order_by("-last_time")[:LISTED]
        found = [f"{entity_label(row.kind)} {row.value}" for row in rows]
        return found or [self.mark]

    def _advice(self) -> list[str]:
        return [
            _("Change your password, also where you use the same one elsewhere."),
            _("Be wary of calls and messages that name your orders; we never ask for a password."),
        ]

    def _measures(self) -> list[str]:
        found = []
        for moment, words in (
            (self.incident.activated_at, _("emergency plan started")),
            (self.incident.contained_at, _("harm stopped")),
            (self.incident.recovered_at, _("service restored")),
        ):
            if moment:
                found.append(f"{_moment(moment)} {words}")
        done = self.incident.tasks.filter(state=TaskState.DONE).order_by("done_at")
        found += [f"{_moment(task.done_at)} {self._title(task)}" for task in done[:LISTED]]
        turned_away = Decision.objects.filter(incident=self.incident).count()
        if turned_away:
            found.append(
                ngettext(
                    "%(n)s source was turned away", "%(n)s sources were turned away", turned_away
                )
                % {"n": turned_away}
            )
        return found or [self.mark]

    def _open_tasks(self) -> list[str]:
        states = (TaskState.OPEN, TaskState.DOING, TaskState.WAITING)
        rows = self.incident.tasks.filter(state__in=states).order_by("place", "pk")[:LISTED]
        return [self._title(task) for task in rows] or [self.mark]

    def _evidence(self) -> list[str]:
        count = self.incident.timeline.filter(kind=TimelineKind.EVIDENCE).count()
        if not count:
            return [self.mark]
        return [
            ngettext(
                "%(n)s entry of evidence with SHA-256 and chain of custody is on record",
                "%(n)s entries of evidence with SHA-256 and chain of custody are on record",
                count,
            )
            % {"n": count}
        ]

    def _title(self, task: Task) -> str:
        return task.title_zh if self.mark == MARKS["zh"] else task.title_en


def prefilled(user: User, incident: Incident, form: Form, language: str) -> dict[str, str]:
    """Item → text, in the report's language, whatever the page's is."""
    with override(LANGUAGES[language]):
        filling = Filling(user, incident, MARKS[language])
        return {
            item.id: "\n".join(line for name in item.fill for line in filling.lines(name))
            for item in form.items
        }


def _moment(moment: datetime | None) -> str:
    return format_date(timezone.localtime(moment), "DATETIME_FORMAT") if moment else ""


def _number(number: int | None) -> str | None:
    return None if number is None else formats.number_format(number, force_grouping=True)
