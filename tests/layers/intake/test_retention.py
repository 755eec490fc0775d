"""What may be removed of a layer's versions, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from layers.contracts import Version, VersionState
from layers.intake.retention import Retention, judge

NOW = datetime(2026, 11, 25, tzinfo=UTC)
RULE = Retention(timedelta(days=100), 2, timedelta(days=30))


def version(name: str, *, created: float, published: float | None = None) -> Version:
    """A version made and published so many days ago."""
    state = VersionState.DRAFT if published is None else VersionState.SUPERSEDED
    return Version(
        id=name, layer="a.b", number=int(1000 - created), state=state, features=1,
        geometry="point", bounds=None, format="CSV", encoding=None, crs={}, original_name="a.csv",
        original_sha256="", attributes=(), created_at=NOW - timedelta(days=created),
        created_by="甲",
        published_at=None if published is None else NOW - timedelta(days=published),
    )  # fmt: skip


def removable(
    *versions: Version, live: str | None = None, referenced: tuple[str, ...] = ()
) -> set[str]:
    told = judge(versions, live=live, referenced=referenced, now=NOW, rule=RULE)
    return {one.version for one in told if one.removable}


def test_the_live_version_stays_however_old_it_is() -> None:
    old = [version(name, created=900, published=day) for name, day in
           (("a", 800), ("b", 700), ("c", 600), ("d", 500))]  # fmt: skip
    assert removable(*old, live="a") == {"b"}


def test_the_last_published_stay_however_old_they_are() -> None:
    old = [version(str(day), created=900, published=day) for day in (400, 300, 200)]
    assert removable(*old) == {"400"}


def test_what_was_published_exactly_at_the_limit_stays() -> None:
    new = [version("x", created=9, published=1), version("y", created=9, published=2)]
    at = version("at", created=300, published=100)
    over = version("over", created=300, published=100.001)
    assert removable(*new, at, over) == {"over"}


def test_a_draft_goes_after_its_time_and_not_before() -> None:
    assert removable(version("at", created=30), version("over", created=30.001)) == {"over"}


def test_what_a_submission_refers_to_stays() -> None:
    assert removable(version("a", created=99), referenced=("a",)) == set()


def test_every_verdict_has_a_reason() -> None:
    told = judge(
        [version("a", created=99), version("b", created=1)], live=None, referenced=(), now=NOW
    )
    assert [one.reason for one in told] == ["草稿超过 30 天未发布", "草稿未满 30 天"]


@given(st.lists(st.tuples(st.floats(0, 999), st.none() | st.floats(0, 999)), max_size=12))
def test_the_newest_published_versions_never_go(ages: list[tuple[float, float | None]]) -> None:
    made = [version(str(n), created=a, published=b) for n, (a, b) in enumerate(ages)]
    published = [one for one in made if one.published_at is not None]
    stays = {one.id for one in published} - removable(*made)
    gone = [one.published_at for one in published if one.id not in stays]
    assert len(stays) >= min(2, len(published))
    assert all(when <= one.published_at for when in gone for one in published if one.id in stays)


def test_what_is_said_of_a_layer_takes_the_place_of_the_citys_rule() -> None:
    assert RULE.said(versions=None, days=None) == RULE
    assert RULE.said(versions=3, days=None) == Retention(timedelta(0), 3, RULE.drafts_for)
    assert RULE.said(versions=None, days=9) == Retention(timedelta(days=9), 0, RULE.drafts_for)


def test_a_layer_that_keeps_two_versions_loses_the_third_at_once() -> None:
    made = [version(str(day), created=day, published=day) for day in (1, 2, 3)]
    rule = RULE.said(versions=2, days=None)
    told = judge(made, live="1", referenced=(), now=NOW, rule=rule)
    assert [one.version for one in told if one.removable] == ["3"]
    assert told[2].reason == "不在最近 2 个发布版之内"
