"""Lists of search phrases in scripts without spaces, on literal text."""

from itertools import count
from random import Random

import numpy as np
import pytest

from ccnet_lite.quality.heuristics import measure
from ccnet_lite.quality.letters_read import ENDS, NEXT, NUMBERED, PHRASED, letter_traits, read_letters
from ccnet_lite.quality.unspaced_lists import LEAST_ITEMS, LEAST_LISTED, LONGEST_ITEM, WEIGHT
from ccnet_lite.text.characters import code_points

MOVERS = (
    "上海搬家公司,上海搬家,上海长途搬家,上海搬场公司,上海公司搬家,上海居民搬家,上海搬家价格,上海搬家电"
    "话,浦东搬家公司,浦东搬家,"
    "闵行搬家公司,闵行搬家,徐汇搬家公司,徐汇搬家,宝山搬家公司,杨浦搬家公司,杨浦搬家,上海钢琴搬运,上海钢"
    "琴搬家,上海设备搬运,"
    "上海设备搬迁,上海办公室搬迁,上海办公室搬家,上海大众搬家,上海大众搬场,上海便宜搬家公司,上海最好的搬"
    "家公司,上海搬家哪家好,"
    "上海搬家多少钱,松江搬家,松江搬家公司,嘉定搬家,嘉定搬家公司,上海空调移机,上海空调拆装,浦东空调移机"
)
DIETS = (
    "减肥药 减肥茶 快速减肥 减肥方法 最好的减肥药 减肥药排行榜 左旋肉碱减肥 左旋肉碱 左旋肉碱价格 瘦身 "
    "瘦身方法 快速瘦身 瘦腿方法 "
    "怎样瘦腿 怎样减肥 怎样快速减肥 减肥食谱 减肥瘦身食谱 瘦身食谱 减肥产品 减肥产品排行榜 瘦身产品 中"
    "药减肥 针灸减肥 针灸减肥价格 "
    "运动减肥 瑜伽减肥 瑜伽瘦身 瑜伽瘦腿 产后减肥 产后瘦身 产后减肥方法 减肥操 瘦腿操 瘦腰方法 瘦肚子 "
    "怎样瘦肚子 快速瘦肚子"
)
BETS = (
    "แทงบอลออนไลน์ เว็บแทงบอล สมัครแทงบอล คาสิโนออนไลน์ เว็บคาสิโน สมัครคาสิโน บาคาร่าออนไลน์ เว็บบาคาร่า "
    "สูตรบาคาร่า สล็อตออนไลน์ เว็บสล็อต สมัครสล็อต สล็อตแตกง่าย เว็บตรงสล็อต เว็บตรงแทงบอล เว็บตรงบาคาร่า "
    "คาสิโนเว็บตรง หวยออนไลน์ เว็บหวย แทงหวยออนไลน์ สมัครบาคาร่า บาคาร่าเว็บตรง สล็อตเว็บตรง แทงบอลเว็บตรง"
)


def flags_of(text: str) -> list[int]:
    flags = np.zeros(99, np.int64)
    n = read_letters(code_points(text), 0, len(text), letter_traits(), np.zeros(99, np.uint64), flags)
    return (flags[:n] & (ENDS | NEXT | NUMBERED | PHRASED)).tolist()


def test_what_is_read_of_letters() -> None:
    assert flags_of("河水 深，大\n海") == [NEXT * 0, NEXT, NEXT, 0, 0]
    assert flags_of("河。水 ！） 深 12 大a海") == [ENDS, ENDS, 0, NUMBERED, 0]
    assert flags_of("ก ข") == [PHRASED, PHRASED | NEXT]
    assert flags_of("12 河 3\n水") == [NUMBERED, NUMBERED]


def keywords(text: str) -> float:
    found = measure([text])["keyword_share"][0].as_py()
    assert isinstance(found, float)
    return found


@pytest.mark.parametrize(
    "phrases", [MOVERS.split(","), DIETS.split(), BETS.split()], ids=["movers", "diets", "bets"]
)
@pytest.mark.parametrize("sign", [", ", "、", "，", " | ", "\n", " ", "\n\n"])
def test_search_phrases(phrases: list[str], sign: str) -> None:
    assert keywords(sign.join(phrases)) > 0.25


CLEAN = {
    "heart sutra": "观自在菩萨 行深般若波罗蜜多时 照见五蕴皆空 度一切苦厄 舍利子 色不异空 空不异色 色即"
    "是空 空即是色 受想行识 亦复如是 舍利子 "
    "是诸法空相 不生不灭 不垢不净 不增不减 是故空中无色 无受想行识 无眼耳鼻舌身意 无色声香味触法 无眼界"
    " 乃至无意识界 无无明 亦无无明尽 "
    "乃至无老死 亦无老死尽 无苦集灭道 无智亦无得 以无所得故 菩提萨埵 依般若波罗蜜多故 心无罣碍 无罣碍故"
    " 无有恐怖 远离颠倒梦想 究竟涅槃 "
    "三世诸佛 依般若波罗蜜多故 得阿耨多罗三藐三菩提 故知般若波罗蜜多 是大神咒 是大明咒 是无上咒 是无等"
    "等咒 能除一切苦 真实不虚",
    "odes": "关关雎鸠 在河之洲\n窈窕淑女 君子好逑\n参差荇菜 左右流之\n窈窕淑女 寤寐求之\n求之不得 寤寐"
    "思服\n悠哉悠哉 辗转反侧\n"
    "参差荇菜 左右采之\n窈窕淑女 琴瑟友之\n参差荇菜 左右芼之\n窈窕淑女 钟鼓乐之\n桃之夭夭 灼灼其华\n之"
    "子于归 宜其室家\n桃之夭夭 有蕡其实\n"
    "之子于归 宜其家室\n桃之夭夭 其叶蓁蓁\n之子于归 宜其家人\n采采芣苢 薄言采之\n采采芣苢 薄言有之\n采"
    "采芣苢 薄言掇之\n采采芣苢 薄言捋之",
    "dishes": "宫保鸡丁 鱼香肉丝 红烧牛肉 红烧排骨 红烧茄子 红烧鲤鱼 红烧豆腐 糖醋排骨 糖醋里脊 糖醋鲤"
    "鱼 清蒸鲈鱼 清蒸排骨 清炒豆苗 清炒西兰花 "
    "蒜蓉西兰花 蒜蓉菠菜 蒜蓉粉丝虾 麻婆豆腐 家常豆腐 水煮牛肉 水煮鱼 水煮肉片 青椒肉丝 青椒土豆丝 酸辣"
    "土豆丝 酸辣汤 西红柿鸡蛋汤 "
    "西红柿炒鸡蛋 韭菜炒鸡蛋 木须肉 回锅肉 东坡肉 梅菜扣肉 粉蒸肉 蚂蚁上树 干煸四季豆 干煸牛肉丝 葱爆羊"
    "肉 孜然羊肉 孜然牛肉 黑椒牛柳",
    "universities": "北京大学 清华大学 中国人民大学 北京师范大学 北京理工大学 北京航空航天大学 中国农业"
    "大学 北京科技大学 北京交通大学 北京邮电大学 "
    "复旦大学 上海交通大学 同济大学 华东师范大学 华东理工大学 上海财经大学 上海外国语大学 南京大学 东南"
    "大学 南京理工大学 南京航空航天大学 "
    "南京师范大学 南京农业大学 浙江大学 中国科学技术大学 武汉大学 华中科技大学 华中师范大学 华中农业大"
    "学 武汉理工大学 中南大学 湖南大学 "
    "湖南师范大学 中山大学 华南理工大学 华南师范大学 暨南大学 西安交通大学 西北工业大学 陕西师范大学 四"
    "川大学 电子科技大学 西南交通大学",
    "kindergartens": "\n".join(
        f"北京市{district}{number}幼儿园"
        for district in ("朝阳区", "海淀区新区", "丰台区方庄", "东城区", "通州区")
        for number in ("第一", "第二", "第三", "实验", "机关", "明天")
    ),
    "reviews": "好看\n真好看\n太好看了\n质量很好\n质量不错\n物流很快\n物流快\n质量好 物流快\n宝贝不错\n"
    "宝贝很好 物流也快\n衣服很好看 质量也不错\n"
    "很喜欢\n非常喜欢\n喜欢 很漂亮\n颜色很漂亮\n颜色很正 很喜欢\n没有色差 很喜欢\n尺码合适\n尺码标准 面"
    "料舒服\n面料很舒服\n面料不错 很舒服\n"
    "卖家服务态度好\n客服态度很好\n发货快\n发货很快 质量也好\n物美价廉\n值得购买\n推荐购买\n下次还会购"
    "买\n好评\n给好评\n五星好评\n非常满意\n"
    "很满意的一次购物\n满意 会再来\n已经第二次购买了\n穿着很舒服\n老公很喜欢\n妈妈很喜欢\n孩子很喜欢\n性价比高",
    "songs": "兎追いし かの山\n小鮒釣りし かの川\n夢は今も めぐりて\n忘れがたき 故郷\n如何にいます 父母"
    "\n恙なしや 友がき\n雨に風に つけても\n"
    "思い出ずる 故郷\n志を はたして\nいつの日にか 帰らん\n山は青き 故郷\n水は清き 故郷\n春が来た 春が来"
    "た どこに来た\n山に来た 里に来た 野にも来た\n"
    "花が咲く 花が咲く どこに咲く\n山に咲く 里に咲く 野にも咲く\n鳥が鳴く 鳥が鳴く どこで鳴く\n山で鳴く"
    " 里で鳴く 野でも鳴く",
    "food": "ข้าวผัดหมู ข้าวผัดไก่ ข้าวผัดกุ้ง ข้าวผัดปู ข้าวมันไก่ ข้าวหมูแดง ข้าวหมูกรอบ ข้าวขาหมู ผั"
    "ดไทย ผัดซีอิ๊ว "
    "ผัดกะเพราหมู ผัดกะเพราไก่ ผัดพริกแกง ผัดผักบุ้ง ผัดผักรวม ต้มยำกุ้ง ต้มยำไก่ ต้มข่าไก่ แกงเขียวหวา"
    "นไก่ แกงเผ็ดเป็ดย่าง "
    "แกงมัสมั่น แกงส้ม แกงจืด ส้มตำไทย ส้มตำปู ลาบหมู ลาบไก่ น้ำตกหมู ยำวุ้นเส้น ยำทะเล ไก่ย่าง ไก่ทอด "
    "หมูปิ้ง หมูทอด",
}
"""Each has 150 letters or more, without full stops."""


@pytest.mark.parametrize("name", CLEAN)
def test_lists_and_verse_that_people_write(name: str) -> None:
    assert keywords(CLEAN[name]) < 0.25


def test_a_roll_of_names() -> None:
    family, given = (
        ["佐藤", "鈴木", "高橋", "田中", "渡辺", "伊藤"],
        ["大輔", "陽子", "一郎", "花子", "健", "幸子", "翔太"],
    )
    rng = Random(1)
    names = [f"{rng.choice(family)} {rng.choice(given)}" for _ in range(40)]
    assert keywords("\n".join(names)) == 0.0
    assert keywords("、".join(names)) == 0.0
    turned = [" ".join(rng.sample(name.split(), 2)) for name in names]
    assert keywords("\n".join(turned)) > 0.25


HEADS = "猫狗", "虎豹", "牛羊", "龙蛇"
ORDER = [int(digit) for digit in "012310322031132002313021120330211023320113022130"]
"""Numbers of heads, at distances that differ."""


def listed(order: list[int], before: int = 0, sizes: tuple[int, ...] = (2, 3, 4), between: str = "、") -> str:
    """A list: in each item one of HEADS and other letters, of which none comes twice."""
    fresh = (chr(0x4E00 + 7 * at) for at in count(300))
    items = []
    for at, head in enumerate(order):
        rest = "".join(next(fresh) for _ in range(sizes[at % len(sizes)]))
        items.append(rest[:before] + HEADS[head] + rest[before:])
    return between.join(items)


def share(text: str, n_heads: int) -> float:
    """What n_heads words of two letters are of the letters of a text, as keyword_share counts them."""
    return WEIGHT * 2 * n_heads / sum(char >= "\u3400" for char in text)


def test_share_by_hand() -> None:
    text = listed(ORDER)
    assert len(ORDER) == 48
    assert keywords(text) == pytest.approx(share(text, 48))
    assert keywords(text.replace("、", "\n")) == pytest.approx(share(text, 48))


def test_words_come_four_times() -> None:
    rest = "、".join(listed([0, 1, 2, 3] * 9).translate(dict.fromkeys(map(ord, "".join(HEADS)))).split("、"))
    rest = "".join(chr(ord(char) + 1) if char > "、" else char for char in rest)
    thrice = listed([0, 1, 2, 3, 1, 0, 3, 2, 2, 0, 3, 1])
    again = listed([0, 1, 2, 3, 1, 0, 3, 2, 2, 0, 3, 1, 1, 2, 0, 3])
    assert keywords(f"{rest}、{thrice}") == 0.0
    assert keywords(f"{rest}、{again}") > 0.0


def test_sorted_and_in_turn() -> None:
    assert keywords(listed([at // 12 for at in range(48)])) == 0.0
    assert keywords(listed([at % 4 for at in range(48)])) == 0.0


def test_one_word_of_most_items() -> None:
    three = [0 if at % 7 not in (2, 3) else 1 + at % 3 for at in range(60)]
    text = listed(three)
    assert keywords(text) < share(text, 60 - three.count(0) + 1)
    assert three.count(0) > 0.4 * 60


def test_items_of_one_size() -> None:
    assert keywords(listed(ORDER, sizes=(2,))) == 0.0
    assert keywords(listed(ORDER, sizes=(2, 2, 3))) == 0.0
    assert keywords(listed(ORDER, sizes=(2, 3, 4))) > 0.25
    moving = "、".join([listed(ORDER[:24], sizes=(2,)), listed(ORDER[24:], 1, sizes=(2,))])
    assert keywords(moving) > 0.25


def test_beside_numbers() -> None:
    assert keywords(listed(ORDER, between=" 12\n")) == 0.0
    assert keywords(listed(ORDER, between=" x\n")) > 0.25


def test_in_sentences() -> None:
    items = listed(ORDER).split("、")
    sentences = ["、".join(items[at : at + 4]) + "。" for at in range(0, 48, 4)]
    assert keywords("".join(sentences)) == 0.0
    n_left = int((1 - LEAST_LISTED) * len("".join(items)) / (len(items[0]) + 1.5))
    mixed = "、".join(items[: -n_left // 2]) + "。" + "、".join(items[-n_left // 2 :]) + "。"
    assert keywords(mixed) > 0.25


def test_long_items_and_few() -> None:
    long = listed(ORDER[:20], sizes=(LONGEST_ITEM - 2, LONGEST_ITEM - 3, LONGEST_ITEM - 4))
    assert keywords(long) > 0.0
    assert keywords(listed(ORDER[:20], sizes=(LONGEST_ITEM - 1, LONGEST_ITEM, LONGEST_ITEM + 1))) == 0.0
    few = listed(ORDER[: LEAST_ITEMS - 1], sizes=(9, 8, 7))
    assert keywords(few) == 0.0
    assert keywords(listed(ORDER[:LEAST_ITEMS], sizes=(9, 8, 7))) > 0.0


def test_a_list_is_most_of_the_text() -> None:
    behind = "".join(chr(0x7000 + 3 * at) for at in range(120))
    items = listed(ORDER)
    n = len(items.replace("、", ""))
    most = int(n / LEAST_LISTED) - n
    assert LONGEST_ITEM < most < len(behind)
    assert keywords(f"{items}、{behind[: most - 2]}") > 0.0
    assert keywords(f"{items}、{behind[: most + 2]}") == 0.0


def test_letters_that_stand_elsewhere_too_make_no_word() -> None:
    others = [chr(0x7000 + 3 * at) for at in range(200)]
    items = listed(ORDER).split("、")

    def with_letters(n: int) -> str:
        """Each item with the first letters of the heads behind it, of n items in four, each before another."""
        more = ("".join(head[0] + others[4 * at + place] for place, head in enumerate(HEADS)) for at in range(48))
        return "、".join(
            item + rest * (at % 4 < n) for at, (item, rest) in enumerate(zip(items, more, strict=True))
        )

    assert keywords(with_letters(1)) > 0.0
    assert keywords(with_letters(2)) == 0.0


def test_one_word_of_nearly_half_of_the_items() -> None:
    """At distances that differ: no list in turn."""
    places = set(np.cumsum([1, 3, 2, 3, 1, 2] * 5)[:-1].tolist())
    order = [0 if at in places else 1 + (at * at + at // 3) % 3 for at in range(60)]
    assert 0.4 * 60 < order.count(0) < 0.5 * 60
    text = listed(order)
    assert 0.0 < keywords(text) <= share(text, 60 - order.count(0)) + 1e-9


def test_a_roll_of_names_of_many_sizes() -> None:
    family = ["佐藤", "鈴木", "五十嵐", "長谷川", "林", "森", "久保田", "高橋"]
    given = ["大輔", "陽", "一郎太", "花子", "健", "左衛門尉", "翔", "美代子"]
    rng = Random(2)
    names = [f"{rng.choice(family)} {rng.choice(given)}" for _ in range(60)]
    assert keywords("\n".join(names)) == 0.0


def test_always_the_same_neighbours() -> None:
    """A phrase said again and again is for the rules of repeated lines and 2-grams."""
    lines = ["猫狗一二", "虎豹三四五", "牛羊六", "龙蛇七八九十"]
    assert keywords("、".join(lines[head] for head in ORDER)) == 0.0
