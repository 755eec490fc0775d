"""The one table that maps errors to answers (RFC 9457 problem documents, Chinese for people)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from app import errors as app_errors
from app.security.requests import wants_page
from app.unfit import unfit
from layers import errors as layer_errors
from topics.kit import errors as topic_errors

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """How one class of errors is answered: HTTP status, stable type, Chinese title."""

    status: int
    type: str
    title: str
    item: str = ""  # the field of a form that it is always about


ANSWERS: dict[type[Exception], Answer] = {
    layer_errors.UnreadableFile: Answer(422, "unreadable-file", "文件读不了"),
    layer_errors.UnknownCRS: Answer(422, "unknown-crs", "坐标系不认识"),
    layer_errors.BadCoordinates: Answer(422, "bad-coordinates", "坐标不合理"),
    layer_errors.NeedsAnswer: Answer(422, "needs-answer", "需要先回答一个问题"),
    layer_errors.BadLayer: Answer(422, "bad-layer", "图层编号不可用"),
    layer_errors.UnknownLayer: Answer(404, "unknown-layer", "没有这个图层"),
    layer_errors.PublishConflict: Answer(409, "publish-conflict", "图层已被他人发布"),
    layer_errors.UnknownSubmission: Answer(404, "unknown-submission", "没有这份上传单"),
    layer_errors.NotAllowedNow: Answer(409, "not-allowed-now", "现在不能这样做"),
    layer_errors.NoteMissing: Answer(422, "note-missing", "需要写明原因"),
    layer_errors.StaleRevision: Answer(409, "stale-revision", "内容已被改动"),
    layer_errors.BadAnswer: Answer(422, "bad-answer", "填写的内容不可用"),
    layer_errors.BadTileAddress: Answer(404, "bad-tile-address", "没有这张瓦片"),
    layer_errors.BadFilter: Answer(422, "bad-filter", "筛选条件读不懂"),
    layer_errors.BadCatalogue: Answer(422, "bad-catalogue", "目录信息有误"),
    layer_errors.StoreUnavailable: Answer(503, "store-unavailable", "数据服务暂时不可用"),
    layer_errors.StoreFull: Answer(507, "store-full", "磁盘空间不足"),
    layer_errors.UnknownUpload: Answer(404, "unknown-upload", "没有这个上传"),
    layer_errors.UploadExpired: Answer(410, "upload-expired", "上传已过期"),
    layer_errors.UploadConflict: Answer(409, "upload-conflict", "上传进度对不上"),
    layer_errors.UploadBusy: Answer(423, "upload-busy", "正在由另一个请求上传"),
    layer_errors.UploadTooLarge: Answer(413, "upload-too-large", "文件太大"),
    layer_errors.BadChecksum: Answer(460, "bad-checksum", "内容与校验值不一致"),
    layer_errors.UploadRefused: Answer(409, "upload-refused", "上传不能继续"),
    layer_errors.LayerError: Answer(422, "layer-error", "图层处理失败"),
    topic_errors.BadManifest: Answer(422, "bad-manifest", "专题清单有误"),
    topic_errors.BadPackage: Answer(422, "bad-package", "专题包不能用"),
    topic_errors.BadFormula: Answer(422, "bad-formula", "公式有误"),
    topic_errors.UnknownIndicator: Answer(404, "unknown-indicator", "没有这个指标"),
    topic_errors.BadDefinition: Answer(422, "bad-definition", "指标定义有误"),
    topic_errors.DefinitionOvertaken: Answer(409, "definition-overtaken", "指标定义已被他人改动"),
    topic_errors.UnknownChange: Answer(404, "unknown-change", "没有这份变更单"),
    topic_errors.UnknownRegion: Answer(404, "unknown-region", "没有这个行政区划", "region"),
    topic_errors.UnknownCategory: Answer(422, "unknown-category", "没有这个类别", "category"),
    topic_errors.UncoveredYear: Answer(422, "uncovered-year", "工作日历缺少年份"),
    topic_errors.UnknownCase: Answer(404, "unknown-case", "没有这个事件"),
    topic_errors.BadCase: Answer(422, "bad-case", "事件填写有误"),
    topic_errors.CaseMoved: Answer(409, "case-moved", "事件刚被别人处理过"),
    topic_errors.CaseStepRefused: Answer(409, "case-step-refused", "现在不能这样做"),
    topic_errors.UnknownFlag: Answer(404, "unknown-flag", "没有这条存疑"),
    topic_errors.BadPeriod: Answer(422, "bad-period", "时间写法不对"),
    topic_errors.BadObservation: Answer(422, "bad-observation", "数据不能入库"),
    topic_errors.NoWay: Answer(422, "no-way", "没有可用的通道"),
    topic_errors.UnknownNotice: Answer(404, "unknown-notice", "没有这条消息"),
    topic_errors.BadWarning: Answer(422, "bad-warning", "法定预警不能入库"),
    topic_errors.UnknownPage: Answer(404, "unknown-page", "没有这一页"),
    topic_errors.UnknownReport: Answer(404, "unknown-report", "没有这张报表"),
    topic_errors.FilingMoved: Answer(409, "filing-moved", "报表刚被别人改过"),
    topic_errors.StepRefused: Answer(409, "step-refused", "现在不能这样做"),
    topic_errors.BadDirective: Answer(422, "bad-directive", "督办有误"),
    topic_errors.BadDuty: Answer(422, "bad-duty", "值班信息有误"),
    topic_errors.UnknownDuty: Answer(404, "unknown-duty", "没有这项值班信息"),
    topic_errors.UnknownDirective: Answer(404, "unknown-directive", "没有这件督办"),
    topic_errors.FilingIncomplete: Answer(422, "filing-incomplete", "报表还没有填好"),
    topic_errors.UnreadableTable: Answer(422, "unreadable-table", "表格读不了"),
    topic_errors.BadPhoto: Answer(422, "bad-photo", "照片不能用"),
    topic_errors.UnknownPhoto: Answer(404, "unknown-photo", "没有这张照片"),
    topic_errors.BadEvaluation: Answer(409, "bad-evaluation", "考核现在不能这样做"),
    topic_errors.BadCaseTable: Answer(422, "bad-case-table", "事件表读不了"),
    topic_errors.UnknownAlert: Answer(404, "unknown-alert", "没有这条告警"),
    topic_errors.AlertAlreadyOpen: Answer(409, "alert-already-open", "已有一条未解除的告警"),
    topic_errors.AlertStepRefused: Answer(409, "alert-step-refused", "现在不能这样做"),
    topic_errors.BadAlertAction: Answer(422, "bad-alert-action", "填写的内容不可用"),
    topic_errors.UnknownRule: Answer(404, "unknown-rule", "没有这条告警规则"),
    topic_errors.BadRule: Answer(422, "bad-rule", "告警规则有误"),
    topic_errors.UnknownRefresher: Answer(404, "unknown-refresher", "没有这个取数任务"),
    topic_errors.UnknownBatch: Answer(404, "unknown-batch", "没有这批暂存数据"),
    topic_errors.RefresherPaused: Answer(409, "refresher-paused", "取数任务已停用"),
    topic_errors.RefreshFailed: Answer(502, "refresh-failed", "取数失败"),
    topic_errors.NotLeader: Answer(503, "not-leader", "请稍后重试"),
    topic_errors.TopicError: Answer(422, "topic-error", "专题处理失败"),
    app_errors.NotSignedIn: Answer(401, "not-signed-in", "请先登录"),
    app_errors.BadCredentials: Answer(401, "bad-credentials", "登录失败"),
    app_errors.Forbidden: Answer(403, "forbidden", "没有权限"),
    app_errors.UnknownAccount: Answer(404, "unknown-account", "没有这个账号"),
    app_errors.TooManyStreams: Answer(429, "too-many-streams", "实时连接过多"),
    app_errors.UnknownJob: Answer(404, "unknown-job", "没有这个任务"),
    app_errors.JobEnded: Answer(409, "job-ended", "任务已经结束"),
    app_errors.KeyReused: Answer(422, "idempotency-key-reused", "请求标识已用过"),
    app_errors.BadUploadRequest: Answer(400, "bad-upload-request", "上传请求读不懂"),
    app_errors.NoPicture: Answer(404, "no-picture", "没有快视图"),
    app_errors.BadRequest: Answer(422, "bad-request", "请求读不懂"),
    app_errors.AppError: Answer(500, "app-error", "程序出错"),
}


_TITLES = {404: "没有这个地址", 405: "这个地址不支持该操作", 413: "内容太大", 401: "请先登录"}


def answer_for(wrong: Exception) -> Answer:
    """The answer of the nearest class of `wrong` in the table."""
    for kind in type(wrong).__mro__:
        if kind in ANSWERS:
            return ANSWERS[kind]
    return Answer(500, "internal", "程序出错")


def problem(answer: Answer, detail: str, **more: object) -> Response:
    """A problem document; `detail` says what to do."""
    body = {
        "type": f"tonglan:{answer.type}",
        "title": answer.title,
        "status": answer.status,
        "detail": detail,
        **more,
    }
    headers = {"Cache-Control": "no-store"}
    if answer.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "2"
    return Response(
        orjson.dumps(body),
        status_code=answer.status,
        media_type="application/problem+json",
        headers=headers,
    )


Page = Callable[[str, str], str]
"""Makes a page for a person out of a title and what to do."""


def install_problems(application: FastAPI, page: Page | None = None) -> None:
    """Answer every error of ours, of validation and of routing with a problem document.

    A person who looks at an address that does not exist gets `page` instead, when there is one.
    """
    for base in (layer_errors.LayerError, topic_errors.TopicError, app_errors.AppError):
        application.add_exception_handler(base, _ours)
    application.add_exception_handler(RequestValidationError, _unreadable)
    application.add_exception_handler(HTTPException, _http(page))
    application.add_exception_handler(Exception, _unforeseen)


def problem_of(wrong: Exception) -> Response:
    """The problem document of an error of ours."""
    more, answer = getattr(wrong, "problem", {}), answer_for(wrong)
    if answer.item and "errors" not in more:
        more = {**more, "errors": [{"item": answer.item, "problem": str(wrong)}]}
    return problem(answer, str(wrong), **more)


async def _ours(_: Request, wrong: Exception) -> Response:
    return problem_of(wrong)


async def _unreadable(_: Request, wrong: Exception) -> Response:
    assert isinstance(wrong, RequestValidationError)
    items = [unfit(one) for one in wrong.errors()]
    said = ";".join(f"{item['where']} {item['problem']}" for item in items)
    answer = ANSWERS[app_errors.BadRequest]
    return problem(answer, f"请检查:{said}。写法见 /api/docs", errors=items)


def _http(page: Page | None) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, wrong: Exception) -> Response:
        assert isinstance(wrong, HTTPException)
        status = wrong.status_code
        said = str(wrong.detail)
        title = _TITLES.get(status, "请求没有成功")
        if page is not None and wants_page(request.scope, request.headers):
            why = "请核对地址,或回到首页" if said.isascii() else said
            return HTMLResponse(page(title, why), status_code=status)
        slug = HTTPStatus(status).phrase.lower().replace(" ", "-")
        detail = "请核对地址;接口说明见 /api/docs" if said.isascii() else said
        return problem(Answer(status, slug, title), detail)

    return answer


async def _unforeseen(request: Request, wrong: Exception) -> Response:
    log.error("request_failed", path=request.url.path, exc_info=wrong)
    return problem(answer_for(Exception()), "已记入日志,请联系系统管理员并告知发生时间")
