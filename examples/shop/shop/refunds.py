"""Customers ask for a refund of their own order."""

import shangdun_events
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST
from oscar.core.loading import get_model


@require_POST
@login_required
def ask_refund(request, order_number):
    """Note the wish on the order; a person decides."""
    order = get_object_or_404(get_model("order", "Order"), number=order_number, user=request.user)
    order.notes.create(
        message=f"退款申请：{request.POST.get('reason', '')[:200]}", user=request.user
    )
    shangdun_events.refund_requested(request, order.number, order.total_incl_tax, order.currency)
    messages.success(request, "退款申请已提交")
    return redirect("customer:order", order_number=order.number)
