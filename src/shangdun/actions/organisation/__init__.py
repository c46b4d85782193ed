"""The organisation's own changes: seats, contacts, absences, rotas, calendars."""
