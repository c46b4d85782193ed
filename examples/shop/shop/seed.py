"""Fills an empty shop: shelves, products, stock, pictures, coupons, accounts. Safe to repeat."""

from datetime import timedelta
from decimal import Decimal

from crowd.catalogue import CATEGORIES, COUPONS, PRODUCTS, Coupon
from crowd.people import CUSTOMERS, STAFF
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.sites.models import Site
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from oscar.core.loading import get_model

from shop import pictures

User = get_model("auth", "User")
Category, Product, ProductClass, ProductCategory, ProductImage = (
    get_model("catalogue", name)
    for name in ("Category", "Product", "ProductClass", "ProductCategory", "ProductImage")
)
Country = get_model("address", "Country")
StockRecord = get_model("partner", "StockRecord")


def fill() -> None:
    """The whole shop, in one transaction: half a shop is never found on the next start."""
    with transaction.atomic():
        Site.objects.update_or_create(
            pk=1, defaults={"domain": "127.0.0.1", "name": settings.OSCAR_SHOP_NAME}
        )
        Country.objects.create(
            iso_3166_1_a2="CN", iso_3166_1_a3="CHN", printable_name="中国", name="中国",
            is_shipping_country=True,
        )  # fmt: skip
        _accounts()
        _catalogue()
        for coupon in COUPONS:
            _coupon(coupon)
    call_command("update_index", verbosity=0)


def _accounts() -> None:
    users = [
        User(
            pk=one.uid, username=one.email, email=one.email, password=make_password(one.password),
            first_name=one.given, last_name=one.surname, is_staff=one.staff, is_superuser=one.staff,
        )
        for one in (*CUSTOMERS, *STAFF)
    ]  # fmt: skip
    User.objects.bulk_create(users)


def _catalogue() -> None:
    shelves = {slug: Category.add_root(name=name, slug=slug) for slug, name in CATEGORIES}
    kind = ProductClass.objects.create(name="商品", track_stock=True)
    products = Product.objects.bulk_create(
        Product(
            pk=one.uid, title=one.title, slug=one.slug, product_class=kind, upc=f"SH{one.uid:05d}",
            description=f"<p>{one.title}。七天无理由退货，48 小时内发货。</p>", is_public=True,
        )
        for one in PRODUCTS
    )  # fmt: skip
    ProductCategory.objects.bulk_create(
        ProductCategory(product=product, category=shelves[one.category])
        for product, one in zip(products, PRODUCTS, strict=True)
    )
    partner = get_model("partner", "Partner").objects.create(name="自营仓")
    StockRecord.objects.bulk_create(
        StockRecord(
            product=product, partner=partner, partner_sku=f"S{one.uid:05d}",
            price_currency=settings.OSCAR_DEFAULT_CURRENCY, price=Decimal(str(one.price)),
            num_in_stock=2_000,
        )
        for product, one in zip(products, PRODUCTS, strict=True)
    )  # fmt: skip
    _pictures(products)


def _pictures(products: list) -> None:
    folder = settings.MEDIA_ROOT / "images"
    folder.mkdir(parents=True, exist_ok=True)
    hues = {slug: 30 * place for place, (slug, _) in enumerate(CATEGORIES)}
    for base, category in {one.base: one.category for one in PRODUCTS}.items():
        pictures.draw(base, hues[category], folder / f"{base}.png")
    ProductImage.objects.bulk_create(
        ProductImage(product=product, original=f"images/{one.base}.png", display_order=0)
        for product, one in zip(products, PRODUCTS, strict=True)
    )
    (folder.parent / settings.OSCAR_MISSING_IMAGE_URL).write_bytes(
        (folder / f"{PRODUCTS[0].base}.png").read_bytes()
    )


def _coupon(coupon: Coupon) -> None:
    everything, _ = get_model("offer", "Range").objects.get_or_create(
        name="全部商品", defaults={"includes_all_products": True}
    )
    condition = get_model("offer", "Condition").objects.create(
        range=everything, type="Count", value=1
    )
    benefit = get_model("offer", "Benefit").objects.create(
        range=everything, type="Absolute", value=coupon.discount
    )
    offer = get_model("offer", "ConditionalOffer").objects.create(
        name=coupon.name, offer_type="Voucher", condition=condition, benefit=benefit
    )
    now = timezone.now()
    voucher = get_model("voucher", "Voucher").objects.create(
        name=coupon.name, code=coupon.code, usage="Multi-use",
        start_datetime=now - timedelta(days=1), end_datetime=now + timedelta(days=3650),
    )  # fmt: skip
    voucher.offers.add(offer)
