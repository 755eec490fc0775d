"""How much a decoded text looks like Chinese that people write, to tell encodings apart.

Bytes read in the wrong encoding give characters too, only rare ones: the share of everyday ones
decides. No frequency corpus is carried: the everyday characters are the few hundred below, the
usual ones are level 1 of GB 2312 (3,755 simplified) and of Big5 (5,401 traditional), taken from
Python's own codecs.
"""

from __future__ import annotations

import math
from collections import Counter

# The characters met most in Chinese prose, then those of addresses, names and public works.
_EVERYDAY = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后"
    "多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合"
    "还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又利比或但质气第向道命此变条只没"
    "结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路"
    "级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热"
    "领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万"
    "每目至达走积示议声报完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影"
    "算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准"
    "精值号率族维划选标写存候毛亲快效院查江型眼王按格养易置派层片始专状育厂京识适属圆包火住调满县局照参红细引听该铁"
    "价严镇村街乡桥站河湖塘坝桩排污监测井盖灯园医校苑巷楼栋坑坪岭岗洞沙龙凤湾洲浦港码港岸仓库店堂寺庙庄寨社区居委会"
    "韶关武浈曲始兴仁翁源乳新丰乐昌雄瑶族自治广州深圳韩李王张刘陈杨黄赵吴周徐孙胡朱高林何郭马罗梁宋郑谢经纬度坐标称址"
    "這個們國來時為會發動過說產種後學經進電裡裏現實點從業應開還無關樣與線內數質氣變條沒結問軍題黨員總設長頭資邊圖"
    "統將組見計別論運農幾區強決戰則據處隊給門規領東導壓爭濟階術極聯認權證採轉單風車務萬達積議聲報類離華張馬節話溫傳"
    "許廣記觀織裝眾書復複兒須際驗連斷難礦備辦習響約勞團歷構稱準值號維劃選標寫親養層專狀廠識適屬圓調滿縣參紅細聽該鐵"
    "價嚴鎮鄉灣臺台壢樓棟嶺崗龍鳳港倉庫廟莊園醫院校經緯座標稱義樹橋澤衛環鐘錄鏡陽陰陳楊劉趙吳孫羅鄭謝繁體語簡"
)
EVERYDAY = frozenset(_EVERYDAY)
# Numbers of the GB 2312 rows and Big5 lead bytes that hold level 1.
_GB_ROWS, _BIG5_ROWS = range(0xB0, 0xD8), range(0xA4, 0xC7)


def _rows(codec: str, leads: range, trails: list[range]) -> frozenset[str]:
    """The characters that `codec` keeps in the given rows."""
    pairs = (bytes((lead, trail)) for lead in leads for one in trails for trail in one)
    return frozenset("".join(pair.decode(codec, "ignore") for pair in pairs))


SIMPLIFIED = _rows("gb2312", _GB_ROWS, [range(0xA1, 0xFF)])
TRADITIONAL = _rows("cp950", _BIG5_ROWS, [range(0x40, 0x7F), range(0xA1, 0xFF)])
_USUAL = {"gb18030": SIMPLIFIED, "cp950": TRADITIONAL}
_PUNCTUATION = frozenset(
    "、。，：；？！“”‘’（）《》〈〉【】—…·～℃°′″×÷±μµ㎡³²①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣⅤ　●○★△□■→％"
)

# Log of (share in Chinese text) / (share in bytes read wrongly) by kind of character, made milder.
# Counted in the names of 41,352 towns: everyday 74 % : 3 %, usual 24 % : 46 %, rare 2 % : 48 %.
_EVERYDAY_WEIGHT, _USUAL_WEIGHT, _MARK_WEIGHT = 1.8, 0.1, 0.7
_RARE_WEIGHT, _ALIEN_WEIGHT = -2.0, -2.4


def likelihood(text: str, codec: str) -> float:
    """How much likelier (natural log) `text` is written Chinese than bytes read wrongly."""
    usual = _USUAL.get(codec, SIMPLIFIED | TRADITIONAL)
    counted = Counter(text)
    return math.fsum(_weight(one, usual) * times for one, times in counted.items())


def _weight(one: str, usual: frozenset[str]) -> float:
    if one in EVERYDAY:
        return _EVERYDAY_WEIGHT
    if one in usual:
        return _USUAL_WEIGHT
    if one < "\x80":
        return 0.0 if one.isprintable() or one in "\t\r\n" else _ALIEN_WEIGHT
    if one in _PUNCTUATION or "！" <= one <= "～":
        return _MARK_WEIGHT
    return _RARE_WEIGHT if "一" <= one <= "鿿" else _ALIEN_WEIGHT
