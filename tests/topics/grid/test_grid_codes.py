"""Codes of unit grids (15), components (17) and matters (11): GB/T 47678.5-2026 tables 2, 3."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.grid import codes
from topics.kit.catalogue import SHIPPED
from topics.kit.regions import RegionTree
from topics.kit.schemes import read_scheme

SCHEME = read_scheme("城市管理", SHIPPED / "grid" / "city_management.csv")
REGIONS = RegionTree.load(SHIPPED.parent / "data" / "reference" / "regions.csv")
ON = date(2026, 11, 1)


def exists(code: str, on: date) -> bool:
    found = REGIONS.find(code, on)
    return found is not None and found.level in ("county", "town")


def check(kind: str, text: str, on: date = ON) -> str:
    return codes.check(kind, text, region=exists, scheme=SCHEME, on=on)


def digits(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


@given(digits(12), st.integers(1, 999))
def test_a_grid_code_reads_back(community: str, sequence: int) -> None:
    code = codes.build_grid(community, sequence)
    read = codes.read_grid(code)
    assert (str(read), len(code)) == (code, 15)
    assert read.county + read.street + read.community == community
    assert read.town == community[:9]


@given(digits(6), digits(5), st.integers(1, 999_999))
def test_a_component_code_reads_back(county: str, category: str, sequence: int) -> None:
    code = codes.build_component(county, category, sequence)
    read = codes.read_component(code)
    assert (str(read), len(code), read.sequence) == (code, 17, sequence)
    assert (read.county, read.category) == (county, category)


@given(digits(6), digits(5))
def test_a_matter_code_reads_back(county: str, category: str) -> None:
    code = codes.build_matter(county, category)
    read = codes.read_matter(code)
    assert (str(read), read.county, read.category) == (code, county, category)


def test_sound_codes_pass() -> None:
    assert not check("单元网格", "440203001001001")
    assert not check("部件", "44020301001000123")
    assert not check("事项", "44020306010")


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("部件", "4402030100100012", "有 16 位,应为 17 位;像是前导 0 或末位"),
        ("部件", "440203010010001234", "有 18 位,应为 17 位"),
        ("部件", "4402030100100O123", "第 14 位不是数字"),
        ("部件", "44020301001000000", "第 12–17 位顺序号为 0"),
        ("部件", "4402030100１000123", "全角"),
        ("部件", "44020399001000123", "99001 不是 2026-11-01 有效的部件类别"),
        ("事项", "44020306999", "06999 不是"),
        ("事项", "4.4E+10", "第 2 位不是数字"),
        ("单元网格", "440203001001000", "第 13–15 位顺序号为 0"),
        ("单元网格", "440203999001001", "前 9 位 440203999 在 2026-11-01 不是现行镇"),
        ("单元网格", "440299001001001", "前 6 位 440299 在 2026-11-01 不是现行县"),
        ("单元网格", "", "有 0 位,应为 15 位"),
    ],
)
def test_a_wrong_code_is_told_where(kind: str, text: str, told: str) -> None:
    assert told in check(kind, text)


def test_a_withdrawn_county_is_not_of_today() -> None:
    assert "撤并的换成新代码" in check("部件", "44022101001000123")  # 曲江县, until 2004


def test_a_category_of_the_new_standard_is_not_of_last_year() -> None:
    assert "2025-11-01 有效" in check("事项", "44020306010", date(2025, 11, 1))


@given(st.integers(0, 5), st.integers(1, 9))
def test_one_wrong_digit_of_the_county_is_caught(place: int, step: int) -> None:
    code = "44020306010"
    wrong = str((int(code[place]) + step) % 10)
    changed = code[:place] + wrong + code[place + 1 :]
    assert bool(check("事项", changed)) != exists(changed[:6], ON)


@pytest.mark.parametrize("sequence", [0, -1, 1000])
def test_a_sequence_beyond_its_digits_is_refused(sequence: int) -> None:
    with pytest.raises(codes.BadCode, match="1 到 999"):
        codes.build_grid("440203001001", sequence)


def test_parts_of_a_wrong_length_are_refused() -> None:
    with pytest.raises(codes.BadCode, match="12 位"):
        codes.build_grid("440203001", 1)
    with pytest.raises(codes.BadCode, match="类别"):
        codes.build_component("440203", "0100", 1)
    with pytest.raises(codes.BadCode, match="6 位"):
        codes.build_matter("44020３", "01001")
