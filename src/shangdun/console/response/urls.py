"""Addresses of the response. A new one needs a row in tests/console/test_access.py."""

from __future__ import annotations

from django.urls import URLPattern, path

from shangdun.console.views.reporting import public_report
from shangdun.console.views.response import (
    board,
    channels,
    cleanup,
    facts,
    improvements,
    legal_urls,
    messages,
    order,
    organisation_urls,
    reporting,
    review,
    tasks,
)

ROOM = "incidents/<int:number>/"

urlpatterns: list[URLPattern] = [
    path(f"{ROOM}board/", board.board, name="incident_board"),
    path(f"{ROOM}board/cards/", board.cards, name="incident_board_cards"),
    path(f"{ROOM}board/click/", board.click, name="incident_board_click"),
    path(f"{ROOM}board/tasks/", board.add, name="incident_task_add"),
    path(f"{ROOM}board/playbooks/", board.begin, name="incident_run_begin"),
    path(f"{ROOM}board/playbooks/<int:run_id>/stop/", board.stop, name="incident_run_stop"),
    path(f"{ROOM}tasks/<int:task_id>/", tasks.task, name="incident_task"),
    path(f"{ROOM}tasks/<int:task_id>/<str:verb>/", tasks.change, name="incident_task_change"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/rows/", tasks.rows, name="tasks_rows"),
    path("messages/", messages.messages, name="messages"),
    path("messages/bell/", messages.bell, name="messages_bell"),
    path("messages/read/", messages.read, name="messages_read"),
    path("messages/<int:item_id>/seen/", messages.seen, name="message_seen"),
    path("messages/<int:item_id>/acknowledge/", messages.acknowledge, name="message_acknowledge"),
    path("m/<str:token>/", messages.by_link, name="acknowledge_by_link"),
    path("settings/channels/", channels.channels, name="channels"),
    path("settings/channels/add/", channels.add, name="channel_add"),
    path("settings/channels/undelivered/", channels.dead_letters, name="undelivered"),
    path("settings/channels/options/", channels.options, name="message_settings"),
    path("settings/channels/reports/", reporting.link, name="report_link"),
    path("settings/channels/<int:channel_id>/", channels.channel, name="channel"),
    path("settings/channels/<int:channel_id>/live/", channels.live, name="channel_live"),
    path("settings/channels/<int:channel_id>/edit/", channels.edit, name="channel_edit"),
    path("settings/channels/<int:channel_id>/test/", channels.test, name="channel_test"),
    path("settings/channels/<int:channel_id>/remove/", channels.remove, name="channel_remove"),
    path("settings/deliveries/<int:delivery_id>/resend/", channels.resend, name="delivery_resend"),
    path("r/<str:token>/", public_report, name="public_report"),
    path(f"{ROOM}order/", order.order, name="incident_order"),
    path(f"{ROOM}order/give/", order.give, name="incident_order_give"),
    path(f"{ROOM}order/seen/", order.seen, name="incident_order_seen"),
    path(
        f"{ROOM}order/<int:instruction_id>/acknowledge/",
        order.acknowledge,
        name="incident_order_acknowledge",
    ),
    path(f"{ROOM}grade/", order.set_grade, name="incident_grade"),
    path(f"{ROOM}facts/", facts.facts, name="incident_facts"),
    *organisation_urls.urlpatterns,
    path(f"{ROOM}cleanup/", cleanup.cleanup, name="incident_cleanup"),
    path(f"{ROOM}cleanup/begin/", cleanup.begin, name="incident_cleanup_begin"),
    path(f"{ROOM}cleanup/replay/", cleanup.replay, name="incident_cleanup_replay"),
    path(f"{ROOM}cleanup/<int:item_id>/", cleanup.settle, name="incident_cleanup_settle"),
    path(f"{ROOM}cleanup/<int:item_id>/compare/", cleanup.compare, name="incident_cleanup_compare"),
    path(f"{ROOM}report/", review.review, name="incident_review"),
    path(f"{ROOM}report/begin/", review.begin, name="incident_review_begin"),
    path(f"{ROOM}report/parts/<str:section>/", review.write, name="incident_review_write"),
    path(f"{ROOM}report/losses/", review.add_loss, name="incident_review_loss"),
    path(
        f"{ROOM}report/losses/<int:loss_id>/remove/",
        review.remove_loss,
        name="incident_review_loss_remove",
    ),
    path(f"{ROOM}report/improvements/", improvements.add, name="incident_improvement_add"),
    path(f"{ROOM}report/submit/", review.submit, name="incident_review_submit"),
    path(f"{ROOM}report/return/", review.send_back, name="incident_review_return"),
    path(f"{ROOM}report/sign/", review.sign, name="incident_review_sign"),
    path(f"{ROOM}report/as/<str:form>/", review.export, name="incident_review_export"),
    path("improvements/", improvements.improvements, name="improvements"),
    path("improvements/<int:improvement_id>/", improvements.improvement, name="improvement"),
    path(
        "improvements/<int:improvement_id>/settle/", improvements.settle, name="improvement_settle"
    ),
    *legal_urls.urlpatterns,
]
