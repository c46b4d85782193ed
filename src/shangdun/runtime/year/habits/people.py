"""What everybody does now and then: confirm his duties, suggest something, answer it."""

from __future__ import annotations

from shangdun.actions.duties.review import do_close_duty_review, do_confirm_duties
from shangdun.actions.suggestions.answer import Reply, do_answer_suggestion
from shangdun.actions.suggestions.suggest import Proposal, do_suggest
from shangdun.records.models import (
    AnswerState,
    DutyAnswer,
    DutyReview,
    Suggestion,
    SuggestionState,
)
from shangdun.runtime.year.day import Day

ORDER = 70
SUGGESTS = 0.03
SUGGESTIONS = (
    ("导出客户名单前增加二次确认", "Ask again before a list of customers is exported"),
    ("登录页提示谨防假冒客服", "Warn of false service staff on the sign-in page"),
    ("值班表同步到日历", "Put the rota into everybody's calendar"),
)


def act(day: Day) -> None:
    if not day.workday:
        return
    day.reach(15, 50)
    _duties(day)
    _suggestions(day)


def _duties(day: Day) -> None:
    waiting = DutyAnswer.objects.filter(state=AnswerState.OPEN, review__closed_at=None)
    for answer in waiting.select_related("person", "review").order_by("pk"):
        if day.chance(f"duty {answer.pk}").random() < 0.2:
            do_confirm_duties(answer.person, clock=day.clock)
            day.write("duty.confirmed", answer.person.username)
    for review in DutyReview.objects.filter(closed_at=None, due_on__lte=day.date):
        outcome = day.say("分工总体清楚。", "Who does what is clear on the whole.")
        do_close_duty_review(day.people["lead"], key=review.key, outcome=outcome, clock=day.clock)
        day.write("duties.closed", review.key)


def _suggestions(day: Day) -> None:
    dice = day.chance("suggestion")
    if dice.random() < SUGGESTS:
        zh, en = dice.choice(SUGGESTIONS)
        title = f"{day.say(zh, en)} ({day.date:%m-%d})"
        text = day.say("前几天遇到一次，差点误操作。", "I nearly did it wrong the other day.")
        do_suggest(day.people["employee"], Proposal(title=title, text=text), clock=day.clock)
        day.write("suggestion.made", title)
    for row in Suggestion.objects.filter(state=SuggestionState.NEW).order_by("number"):
        if day.chance(f"answer {row.number}").random() < 0.15:
            reply = Reply(
                answer=day.say("谢谢，已列入下季度改进。", "Thank you: next quarter."),
                state=SuggestionState.ACCEPTED,
            )
            do_answer_suggestion(day.people["lead"], reply, number=row.number, clock=day.clock)
            day.write("suggestion.answered", row.number)
