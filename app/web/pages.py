"""The pages beside the overview: where they lie, what they need, which scripts they load."""

from __future__ import annotations

from dataclasses import dataclass

from app.security.contracts import Action
from app.web.component import PlainComponent


@dataclass(frozen=True, slots=True)
class WorkPage:
    """One page: `tonglan.pages[name]` draws it; who may not pass its door is sent to sign in."""

    name: str
    path: str
    title: str
    bundle: str
    action: Action = Action.READ
    kind: str = "page"
    theme: str = "light"  # the usual one; desks that stand beside walls are dark


def _upload(name: str, path: str, title: str) -> WorkPage:
    return WorkPage(name, path, title, "upload", Action.IMPORT, "layer")


def _report(name: str, path: str) -> WorkPage:
    return WorkPage(name, path, "报数", "reporting", Action.WRITE, "observation")


def _case(name: str, path: str, title: str) -> WorkPage:
    return WorkPage(name, path, title, "cases", Action.READ, "case", "dark")


def _field(name: str, path: str, title: str) -> WorkPage:
    return WorkPage(name, path, title, "field", Action.WRITE, "case")


WORK_PAGES: tuple[WorkPage, ...] = (
    WorkPage("layers", "/layers", "图层目录", "catalogue"),
    WorkPage("layers", "/layers/{layer}", "图层目录", "catalogue"),
    _upload("upload", "/upload", "图层上传"),
    _upload("submission", "/upload/{submission}", "图层上传"),
    _upload("submissions", "/submissions", "上传单"),
    WorkPage("sources", "/sources", "数据接入", "sources", Action.READ, "refresher"),
    WorkPage("quality", "/quality", "数据质量", "quality"),
    _report("reporting", "/reporting"),
    _report("filing", "/reporting/{form}/{period}"),
    WorkPage("governance", "/governance", "数据治理", "reporting", Action.READ, "event"),
    WorkPage("indicator", "/indicator/{indicator}", "指标", "indicator"),
    WorkPage("indicators", "/indicators", "指标管理", "definitions"),
    WorkPage("indicators", "/indicators/{indicator}", "指标管理", "definitions"),
    WorkPage("rules", "/rules", "告警规则", "rules", Action.READ, "rule"),
    WorkPage("releases", "/releases", "发布日历", "definitions"),
    WorkPage("changes", "/changes", "变更查询", "definitions"),
    WorkPage("directives", "/directives", "督办", "directives", Action.READ, "directive", "dark"),
    WorkPage("notices", "/notices", "通知", "notices", Action.READ, "duty", "dark"),
    WorkPage("duty", "/duty", "值班", "duty", Action.READ, "duty", "dark"),
    _case("cases", "/cases", "派单台"),
    _case("case-board", "/cases/board", "事件看板"),
    _case("case", "/cases/{case}", "事件"),
    _field("tasks", "/tasks", "我的任务"),
    _field("report", "/report", "上报"),
    WorkPage("evaluation", "/evaluation", "考核", "evaluation", Action.READ, "case"),
    WorkPage("case-imports", "/case-imports", "事件导入", "evaluation", Action.WRITE, "case"),
)


ALERTS_PAGE = WorkPage("alerts", "/alerts", "告警中心", "alerts")  # dark as the overview is
TOPIC_PAGE = WorkPage("topic", "/topic/{topic}", "专题", "topic")  # dark as the overview is


class PageSwitch(PlainComponent):
    """Draws the page that the boot data names, from `tonglan.pages`."""

    _type = "PageSwitch"
