"""Payment: a demo bank, and a form whose total a buyer could change on the way."""

from decimal import Decimal, InvalidOperation

import shangdun_events
from oscar.apps.checkout import views
from oscar.apps.payment.exceptions import UnableToTakePayment
from oscar.core import prices


class PaymentDetailsView(views.PaymentDetailsView):
    """Takes the card with the order; cards that end in 0 are accepted.

    The total to pay is taken from the form, as careless shops do: the hole that price tampering
    uses. The shop still writes what it had quoted, and that gives the tampering away.
    """

    def handle_place_order_submission(self, request):
        submission = self.build_submission()
        quoted = submission["order_total"]
        request.shangdun_quoted_total = quoted.incl_tax
        submission["order_total"] = self.asked_total(request, quoted)
        submission["payment_kwargs"] = {"card": request.POST.get("card", "")}
        return self.submit(**submission)

    @staticmethod
    def asked_total(request, quoted):
        try:
            asked = Decimal(request.POST.get("quoted_total") or quoted.incl_tax)
        except InvalidOperation:
            return quoted
        return prices.Price(currency=quoted.currency, excl_tax=asked, incl_tax=asked)

    def handle_payment(self, order_number, total, card="", **_kwargs):
        accepted = card.endswith("0")
        shangdun_events.payment_authorised(
            self.request, order_number, total.incl_tax, total.currency, card, accepted=accepted
        )
        if not accepted:
            raise UnableToTakePayment("银行拒绝了这张卡，请换一张卡再试")
