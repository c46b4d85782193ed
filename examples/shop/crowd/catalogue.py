"""What the shop sells. The shop is seeded from it; the crowd walks through it."""

from __future__ import annotations

from typing import NamedTuple

CATEGORIES = (
    ("tea", "茶叶"),
    ("coffee", "咖啡"),
    ("snacks", "零食"),
    ("kitchen", "厨房用品"),
    ("home", "家居生活"),
    ("clothing", "服装"),
    ("shoes-bags", "鞋靴箱包"),
    ("beauty", "美妆个护"),
    ("baby", "母婴"),
    ("digital", "数码配件"),
    ("books", "图书"),
    ("outdoor", "运动户外"),
)

# slug, name, price in yuan of the smallest variant; five for each category, in its order
_GOODS = """
longjing|西湖龙井 绿茶|128
tieguanyin|安溪铁观音 乌龙茶|98
puer|云南普洱 熟茶|158
jasmine|茉莉花茶|68
dianhong|滇红 红茶|88
yunnan-beans|云南小粒咖啡豆|79
cold-brew|冷萃咖啡液|59
drip-bags|挂耳咖啡|49
moka-pot|摩卡壶|169
grinder|手摇磨豆机|199
mixed-nuts|每日坚果|69
beef-jerky|风干牛肉干|89
sunflower|焦糖瓜子|19.9
seaweed|海苔脆片|25.9
mooncake|广式月饼|138
iron-wok|手工铁锅|259
knife-set|厨师刀具套装|329
rice-cooker|电饭煲|399
chopsticks|鸡翅木筷子|39.9
thermos|保温杯|99
bedding|纯棉四件套|359
pillow|乳胶枕|149
towel|长绒棉毛巾|29.9
desk-lamp|护眼台灯|189
diffuser|香薰机|119
tshirt|纯棉T恤|79
down-jacket|轻薄羽绒服|499
jeans|直筒牛仔裤|199
hanfu|改良汉服|328
socks|纯棉袜子 五双装|39
sneakers|运动鞋|299
canvas-bag|帆布包|69
suitcase|万向轮行李箱|369
backpack|双肩电脑包|229
wallet|头层牛皮钱包|159
sunscreen|清爽防晒霜|89
face-mask|补水面膜|59.9
toothbrush|声波电动牙刷|199
shampoo|无硅油洗发水|65
lipstick|丝绒口红|129
diapers|婴儿纸尿裤|109
stroller|轻便婴儿车|699
bottle|宽口径奶瓶|79
blocks|木制积木|139
picture-book|认知绘本|49
charger|氮化镓充电器|129
earbuds|蓝牙耳机|259
keyboard|机械键盘|399
power-bank|移动电源|149
usb-c-cable|USB-C 数据线|29
cpp-primer|C++ 入门|99
three-body|三体 全集|93
cookbook|家常菜谱|45
calligraphy|硬笔书法字帖|28
oreilly-python|O'Reilly Python 编程|108
yoga-mat|瑜伽垫|99
tent|双人帐篷|459
dumbbells|可调哑铃|279
badminton|羽毛球拍|169
climbing-stick|登山杖|119
"""

_VARIANTS = {  # category → four variants and what each costs against the smallest
    "tea": (("50g", 1), ("100g", 1.8), ("250g", 4.2), ("礼盒装", 5.5)),
    "coffee": (("标准装", 1), ("两件装", 1.9), ("家庭装", 2.6), ("礼盒装", 3.2)),
    "snacks": (("100g", 1), ("250g", 2.2), ("500g", 4), ("整箱", 9)),
    "clothing": (("S", 1), ("M", 1), ("L", 1), ("XL", 1.05)),
    "books": (("平装", 1), ("精装", 1.5), ("套装", 2.4), ("签名版", 2)),
}
_OTHER_VARIANTS = (("经典款", 1), ("升级款", 1.3), ("两件装", 1.9), ("礼盒装", 2.2))


class Product(NamedTuple):
    """A product on sale; `uid` is its key in the shop and `base` the picture it shares."""

    uid: int
    slug: str
    title: str
    category: str
    price: float
    base: str

    @property
    def path(self) -> str:
        return f"/catalogue/{self.slug}_{self.uid}/"


class Category(NamedTuple):
    """A shelf of the shop."""

    uid: int
    slug: str
    name: str

    @property
    def path(self) -> str:
        return f"/catalogue/category/{self.slug}_{self.uid}/"


class Coupon(NamedTuple):
    """A coupon that works, with its discount in yuan."""

    code: str
    name: str
    discount: int


def _products() -> tuple[Product, ...]:
    """Every article in its smallest variant, then every article in the next, and so on."""
    products = []
    goods = [line.split("|") for line in _GOODS.strip().split("\n")]
    for number in range(4):
        for place, (slug, title, price) in enumerate(goods):
            category = CATEGORIES[place // 5][0]
            variant, factor = _VARIANTS.get(category, _OTHER_VARIANTS)[number]
            products.append(
                Product(
                    uid=len(products) + 1,
                    slug=f"{slug}-{number + 1}",
                    title=f"{title} {variant}",
                    category=category,
                    price=round(float(price) * factor, 2),
                    base=slug,
                )
            )
    return tuple(products)


PRODUCTS = _products()
SHELVES = tuple(Category(uid, slug, name) for uid, (slug, name) in enumerate(CATEGORIES, 1))
COUPONS = (
    Coupon("WELCOME10", "新人立减 10 元", 10),
    Coupon("TEA20", "茶叶节立减 20 元", 20),
    Coupon("SPRING30", "春季满减 30 元", 30),
    Coupon("VIP50", "会员立减 50 元", 50),
    Coupon("FLASH618", "618 大促立减 18 元", 18),
)

SEARCHES = (
    "龙井", "绿茶 礼盒", "月饼", "保温杯", "羽绒服", "纯棉 四件套", "蓝牙耳机", "机械键盘",
    "三体", "防晒霜", "婴儿车", "帐篷 双人", "瑜伽垫", "口红", "行李箱 20寸", "充电器 65W",
)  # fmt: skip
ODD_SEARCHES = (  # what honest people type and careless rules take for an attack
    "O'Reilly", "select 精选", "100%纯棉", "C++ 入门", "<3", "T恤 & 牛仔裤", "rock'n'roll T恤",
    "union 联名款", "drop 耳环", "50% off", "USB-C / Type-C", "双11 (满300-50)", "a+b 套装",
    "什么茶好喝??", "insert 卡槽 手机壳", "--便宜--", '"机械键盘" 青轴', "script 手写体 字帖",
    "order by 定制", "L'Oréal", "1+1=2 绘本", "和 or 或", "cat 猫抓板", "etc 车载支架",
)  # fmt: skip
