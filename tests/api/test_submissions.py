"""编制 → 审核 → 发布 over HTTP: who may do what, what is told, and what nobody can do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.api.review_city import LAYER, ReviewCity, review_city, stations, words


@pytest.fixture
def city(home: Path, database_url: str, valkey_url: str) -> ReviewCity:
    return review_city(home, database_url, valkey_url)


def submitted(city: ReviewCity, **options: object) -> str:
    made = city.hand_in(stations(), **options)  # type: ignore[arg-type]
    assert city.move("clerk", made["id"], "submit").status_code == 200
    return str(made["id"])


def test_an_upload_is_read_checked_submitted_reviewed_and_live(city: ReviewCity) -> None:
    made = city.hand_in(stations())
    assert (made["state"], made["state_title"]) == ("checked", "已检查")
    assert made["report"]["features"] == 2
    assert made["report"]["checks"]["total"] == 2
    assert made["actions"] == ["submit", "withdraw", "reread"]
    city.move("clerk", made["id"], "submit")
    seen = city.submission("reviewer", made["id"])
    assert (seen["state"], seen["version"]["number"]) == ("submitted", 1)
    assert seen["actions"] == ["approve", "return", "bypass"]
    assert city.live() is None
    done = city.move("reviewer", made["id"], "approve", note="可以").json()
    assert (done["state"], done["reviewer"]["id"]) == ("published", "reviewer")
    assert city.live() == done["version"]["id"]
    assert city.services.layers.require(LAYER).title == "入河排污口"
    assert [one["action"] for one in done["history"]] == [
        "received",
        "checked",
        "submit",
        "built",
        "approve",
    ]


def test_nobody_approves_their_own_upload(city: ReviewCity) -> None:
    made = city.hand_in(stations(), who="reviewer")
    city.move("reviewer", made["id"], "submit")
    refused = city.move("reviewer", made["id"], "approve")
    assert refused.status_code == 409
    assert "另一位审核员" in words(refused)
    assert refused.json()["allowed"] == ["bypass", "reread", "withdraw"]
    assert city.move("second", made["id"], "approve").json()["state"] == "published"


def test_a_clerk_cannot_publish_and_the_refusal_names_what_is_open(city: ReviewCity) -> None:
    made = submitted(city)
    for action in ("approve", "publish", "bypass"):
        refused = city.move("clerk", made, action, note="x")
        assert refused.status_code == 409
        assert refused.json()["allowed"] == ["reread", "withdraw"]
    assert city.live() is None


def test_others_do_not_see_it(city: ReviewCity) -> None:
    made = submitted(city)
    path = f"/api/v1/submissions/{made}"
    assert city.ask("viewer", "GET", path).status_code == 403
    assert city.ask("grid-clerk", "GET", path).status_code == 403
    assert city.ask("nobody", "GET", path).status_code == 401
    assert city.get("grid-clerk", "/api/v1/submissions")["items"] == []
    assert city.ask("grid-clerk", "POST", f"{path}/transitions",
                    json={"action": "withdraw"}).status_code == 403  # fmt: skip


def test_an_upload_into_somebody_elses_topic_is_refused(city: ReviewCity) -> None:
    upload = city.upload("grid-clerk", stations())
    path = f"/api/v1/layers/{LAYER}/versions"
    assert city.ask("grid-clerk", "POST", path, json={"upload": upload}).status_code == 403
    claimed = {"upload": upload, "about": {"topic": "grid"}}
    refused = city.ask("grid-clerk", "POST", path, json=claimed)
    assert refused.status_code == 422
    assert "属于专题 water" in words(refused)


def test_somebody_elses_upload_is_not_taken(city: ReviewCity) -> None:
    upload = city.upload("clerk", stations())
    path = f"/api/v1/layers/{LAYER}/versions"
    assert city.ask("reviewer", "POST", path, json={"upload": upload}).status_code == 404


def test_one_upload_becomes_one_submission(city: ReviewCity) -> None:
    upload = city.upload("clerk", stations())
    path = f"/api/v1/layers/{LAYER}/versions"
    first, again = (city.ask("clerk", "POST", path, json={"upload": upload}) for _ in "ab")
    assert first.json()["id"] == again.json()["id"]
    assert len(city.get("clerk", "/api/v1/submissions?mine=true")["items"]) == 1


def test_a_return_needs_a_reason_and_the_corrected_file_goes_in_again(city: ReviewCity) -> None:
    made = submitted(city)
    assert city.move("reviewer", made, "return").status_code == 422
    back = city.move("reviewer", made, "return", note="甲的位置不对").json()
    assert (back["state"], back["review_note"], back["version"]) == (
        "returned",
        "甲的位置不对",
        None,
    )
    mine = city.submission("clerk", made)
    edited = city.edit("clerk", mine, answers={"edits": {"2": {"几何": "113.65,24.85"}}})
    assert edited.status_code == 200
    city.move("clerk", made, "submit")
    assert city.move("reviewer", made, "approve").json()["state"] == "published"
    master = city.services.layers.master(LAYER, city.live() or "")
    assert (master.geometry.x[0], master.geometry.y[0]) == (113.65, 24.85)


def test_a_question_is_answered_and_the_file_read_again(city: ReviewCity) -> None:
    made = city.hand_in(stations(), answers={"crs": "auto"})
    assert (made["state"], made["question"]["kind"]) == ("asking", "crs")
    assert "EPSG:4326" in [one["value"] for one in made["question"]["options"]]
    city.edit("clerk", made, answers={"crs": "gcj02"})
    seen = city.submission("clerk", made["id"])
    assert (seen["state"], seen["report"]["crs"]["decided"]) == ("checked", "gcj02")


def test_a_file_nobody_can_read_is_refused_with_its_remedy(city: ReviewCity) -> None:
    made = city.hand_in(b"%PDF-1.7 x", name="图.pdf")
    assert made["state"] == "refused"
    assert "PDF" in made["message"]
    assert made["actions"] == ["withdraw", "reread"]


def test_an_older_revision_changes_nothing(city: ReviewCity) -> None:
    made = city.hand_in(stations())
    city.edit("clerk", made, answers={"crs": "gcj02"})
    stale = city.edit("clerk", made, answers={"crs": "bd09"})
    assert stale.status_code == 409
    refused = city.move("clerk", made["id"], "submit", revision=made["revision"])
    assert (refused.status_code, refused.json()["type"]) == (409, "tonglan:stale-revision")
    assert city.submission("clerk", made["id"])["answers"]["crs"] == "gcj02"


def test_a_publication_waits_for_its_time(city: ReviewCity) -> None:
    made = submitted(city)
    at = datetime.now(UTC) + timedelta(hours=3)
    waiting = city.move("reviewer", made, "approve", publish_at=at.isoformat()).json()
    assert (waiting["state"], waiting["state_title"]) == ("approved", "待发布")
    assert city.live() is None
    now = city.move("second", made, "publish").json()
    assert now["state"] == "published"


def test_an_urgent_bypass_needs_its_reason_and_is_audited(city: ReviewCity) -> None:
    made = city.hand_in(stations(), who="reviewer")
    assert city.move("reviewer", made["id"], "bypass").status_code == 422
    city.move("reviewer", made["id"], "bypass", note="汛情紧急")
    seen = city.submission("reviewer", made["id"])
    assert (seen["state"], seen["urgent"]) == ("published", True)
    told = city.services.audit.list(action="submission.bypass")
    assert '"note":"汛情紧急"' in told[0].detail.replace(" ", "")


def test_the_second_of_two_who_publish_is_told_by_whom_and_when(city: ReviewCity) -> None:
    first = submitted(city)
    second = city.hand_in(stations(("S9", "丙", 113.8, 25.0)), name="另一份.csv")["id"]
    city.move("clerk", second, "submit")
    assert city.move("reviewer", first, "approve").status_code == 200
    late = city.move("second", second, "approve")
    assert (late.status_code, late.json()["type"]) == (409, "tonglan:publish-conflict")
    assert "reviewer" in words(late)
    assert "第 1 版" in words(late)
    again = city.submission("second", second)
    assert (again["state"], again["diff"]) == (
        "submitted",
        {"added": 1, "removed": 2, "changed": 0},
    )
    assert city.move("second", second, "approve").json()["state"] == "published"


def test_every_step_is_in_the_audit_and_a_publication_in_the_event_log(city: ReviewCity) -> None:
    made = submitted(city)
    city.move("reviewer", made, "approve")
    actions = {one.action for one in city.services.audit.list()}
    assert {"submission.receive", "submission.submit", "submission.approve"} <= actions
    assert city.services.audit.verify().count > 0
    event = city.services.events.read(objects=[LAYER], as_of=None, limit=5)[0]
    assert (event.kind, event.actor, event.data["submission"]) == (
        "layer.published",
        "reviewer",
        made,
    )


def test_where_nothing_is_reviewed_who_may_publish_does_it_at_once(
    home: Path, database_url: str, valkey_url: str
) -> None:
    city = review_city(home, database_url, valkey_url, reviewed=False)
    made = city.hand_in(stations(), who="reviewer")
    assert "publish" in made["actions"]
    city.move("reviewer", made["id"], "publish")
    assert city.submission("reviewer", made["id"])["state"] == "published"
    assert city.live() is not None


def test_what_is_withdrawn_is_gone_for_good(city: ReviewCity) -> None:
    made = submitted(city)
    gone = city.move("clerk", made, "withdraw").json()
    assert (gone["state"], gone["actions"]) == ("withdrawn", [])
    assert city.move("reviewer", made, "approve").status_code == 409


def test_a_key_nobody_finds_is_asked_for(city: ReviewCity) -> None:
    made = city.hand_in(stations(), about={"key": "排口编码"})
    assert (made["state"], made["question"]["kind"]) == ("asking", "columns")
    city.edit("clerk", made, answers={"columns": {"key": "name"}})
    assert city.submission("clerk", made["id"])["state"] == "checked"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"answers": {"crss": "x"}}, "不认识的项 crss"),
        ({"answers": {"parameters": 7}}, "parameters 应是八项"),
        ({"answers": {"edits": {"x": {}}}}, "行号 x"),
        ({"about": {"classification": "绝密"}}, "数据分级"),
        ({"about": []}, "about 应是一个对象"),
        ({"answers": {"part": "a\x00b"}}, "part 应是"),
    ],
)
def test_an_answer_that_cannot_be_used_is_told(
    city: ReviewCity, body: dict[str, object], said: str
) -> None:
    made = city.hand_in(stations())
    refused = city.edit("clerk", made, **body)
    assert refused.status_code == 422
    assert said in words(refused)


def test_what_is_said_of_a_live_layer_changes_only_with_the_publication(city: ReviewCity) -> None:
    city.move("reviewer", submitted(city), "approve")
    other = city.hand_in(stations(), name="b.csv", about={"title": "新名称"})
    city.move("clerk", other["id"], "submit")
    assert city.services.layers.require(LAYER).title == "入河排污口"
    city.move("reviewer", other["id"], "approve")
    assert city.services.layers.require(LAYER).title == "新名称"


def test_lists_page_through_what_one_sees(city: ReviewCity) -> None:
    for number in range(5):
        city.hand_in(stations(), name=f"{number}.csv")
    first = city.get("reviewer", "/api/v1/submissions?limit=2")
    rest = city.get("reviewer", f"/api/v1/submissions?limit=5&next={first['next']}")
    names = [one["file"]["name"] for one in [*first["items"], *rest["items"]]]
    assert names == ["4.csv", "3.csv", "2.csv", "1.csv", "0.csv"]
    assert rest["next"] is None


MESSY = """code,name,区划代码,日期,lon,lat
S1,甲,440205,2026-09-01,113.60,24.80
S2,乙,440221,2026-09-02,113.61,24.81
S3,丙,440205,2026.9.31,113.62,24.82
S4,丁,440205,2026-09-04,113.63,24.83
S5,戊,440205,2026-09-05,,
""".encode()


def test_errors_are_told_by_row_fixed_by_click_and_the_rest_is_corrected_by_hand(
    city: ReviewCity,
) -> None:
    made = city.hand_in(MESSY)
    checks = made["report"]["checks"]
    issues = {one["kind"]: one for one in checks["issues"]}
    assert checks["total"] == 5
    assert issues["withdrawn"]["fix"]
    assert issues["withdrawn"]["rows_label"] == "3"
    assert issues["date_impossible"]["fix"] is None
    assert issues["placeless"]["row"] == 6
    city.edit("clerk", made, answers={"fixes": [issues["withdrawn"]["id"]]})
    seen = city.submission("clerk", made["id"])
    fixed = {one["kind"]: one for one in seen["report"]["checks"]["issues"]}
    assert fixed["withdrawn"]["fixed"]
    assert seen["report"]["checks"]["quarantined"] == 2
    edits = {"4": {"日期": "2026-09-30"}, "6": {"几何": "113.64,24.84"}}
    city.edit("clerk", seen, answers={"edits": edits})
    seen = city.submission("clerk", made["id"])
    assert seen["report"]["checks"]["quarantined"] == 0
    city.move("clerk", made["id"], "submit")
    city.move("reviewer", made["id"], "approve")
    master = city.services.layers.master(LAYER, city.live() or "")
    assert len(master) == 5
    assert set(master["区划代码"].astype(str)) == {"440205"}


def test_rows_nobody_corrected_stay_out_of_the_version_and_are_named(city: ReviewCity) -> None:
    made = city.hand_in(MESSY)
    city.move("clerk", made["id"], "submit")
    seen = city.submission("reviewer", made["id"])
    held = seen["report"]["checks"]["quarantined"]
    assert seen["version"]["features"] == 5 - held


def test_a_column_that_went_missing_needs_a_yes(city: ReviewCity) -> None:
    city.move("reviewer", submitted(city), "approve")
    narrower = b"code,lon,lat\nS1,113.6,24.8\nS2,113.7,24.9\n"
    made = city.hand_in(narrower, name="窄.csv")
    assert (made["state"], made["question"]["kind"]) == ("asking", "schema")
    assert made["report"]["schema"]["removed"] == ["name"]
    assert "submit" not in made["actions"]
    city.edit("clerk", made, answers={"accept_schema": True})
    assert city.submission("clerk", made["id"])["state"] == "checked"


def test_personal_data_raise_the_level_of_the_layer(city: ReviewCity) -> None:
    rows = "".join(f"S{n},1380013800{n},113.6{n},24.8\n" for n in range(9))
    made = city.hand_in(f"code,联系电话,lon,lat\n{rows}".encode())
    assert made["report"]["classification"] == "敏感"
    assert made["described"]["classification"] == "敏感"
