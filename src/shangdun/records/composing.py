"""A message as it is read: its template filled with the incident's own fields and its data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shangdun.notify.templates import Rendered, render, templates, words
from shangdun.records.acknowledging import acknowledge_token, console_base
from shangdun.records.messages import console_zone, message_settings
from shangdun.records.models import ChannelLanguage, Delivery, Incident, Message
from shangdun.records.rule_titles import rule_title
from shangdun.respond.storm import RULE

BRAND = {"zh": "【商盾】", "en": "[ShangDun] "}
"""Robots of DingTalk and Feishu let only messages through that hold a word of theirs."""
LANGUAGES = {ChannelLanguage.CHINESE: ("zh",), ChannelLanguage.ENGLISH: ("en",)}
MANY = {"zh": "多个对象", "en": "many at once"}


def fields_of(message: Message) -> dict[str, Any]:
    """What templates may ask for: the incident's fields, then the message's own data."""
    fields: dict[str, Any] = {}
    base = console_base(message_settings())
    if message.incident:
        fields = incident_fields(message.incident) | {
            "link": f"{base}/incidents/{message.incident.number}/"
        }
    own = {name: _value(name, value) for name, value in message.data.items()}
    if isinstance(message.data.get("path"), str):
        own["link"] = base + message.data["path"]
    return fields | own


def incident_fields(incident: Incident) -> dict[str, Any]:
    """The incident as it stands now."""
    known = words()
    return {
        "number": incident.number,
        "title": title_of(incident),
        "type": known["type"].get(incident.type, incident.type),
        "grade": known["grade"][str(incident.grade)],
        "state": known["state"].get(incident.state, incident.state),
        "affected": incident.affected,
        "occurred": shown_time(incident.occurred_at),
    }


def title_of(incident: Incident) -> str | dict[str, str]:
    """Its title; of one that detection opened, the rule's in both languages."""
    title = rule_title(incident.rule_uid)
    if not title:
        return incident.title
    many = incident.about_kind == RULE
    about = {name: MANY[name] if many else incident.about_value for name in title if name in MANY}
    return {
        name: f"{title[name]} · {about[name]}" if about[name] else title[name] for name in about
    }


def shown_time(moment: datetime) -> str:
    """On the clocks of the console's people, with the distance to UTC: read far away too."""
    local = moment.astimezone(console_zone())
    return f"{local:%Y-%m-%d %H:%M} {local.strftime('%z')[:3]}:{local.strftime('%z')[3:]}"


def composed(message: Message, language: str, **more: str) -> Rendered:
    """In ``zh`` or ``en``, for a page; a kind whose template is gone still says its name."""
    if message.kind not in templates():
        return Rendered(message.kind, "")
    return render(message.kind, language, fields_of(message) | more, drill=message.drill)


def compose(delivery: Delivery) -> Rendered:
    """As it goes through the delivery's channel; in both languages one below the other."""
    message = delivery.message
    fields = fields_of(message)
    if message.needs_acknowledgement and not message.acknowledged_at:
        base = console_base(message_settings())
        fields["acknowledge_link"] = f"{base}/m/{acknowledge_token(delivery)}/"
    language = ChannelLanguage(delivery.channel.language)
    told = [
        _branded(message, one, fields, delivery.repeated)
        for one in LANGUAGES.get(language, ("zh", "en"))
    ]
    title = " / ".join(one.title for one in told)
    return Rendered(title, "\n\n".join(one.body for one in told))


def _branded(message: Message, language: str, fields: dict[str, Any], repeated: bool) -> Rendered:  # noqa: FBT001  as the row has it
    made = render(message.kind, language, fields, drill=message.drill, repeated=repeated)
    return Rendered(BRAND[language] + made.title, made.body)


def _value(name: str, value: object) -> object:
    """A moment in ISO 8601 as people read it, a group or the like by its name."""
    if isinstance(value, str):
        moment = _moment(value)
        if moment:
            return shown_time(moment)
        if value in words().get(name, {}):
            return words()[name][value]
    return value


def _moment(text: str) -> datetime | None:
    if not (20 <= len(text) <= 35 and text[4:5] == "-" and text[10:11] == "T"):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
