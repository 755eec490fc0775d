"""alerts: open alerts of the topic in the region; the page reads them once its numbers stand.

They come from /api/v1/alerts, which decides what the reader may see, so that the rest of the page
does not wait for them.
"""

from __future__ import annotations

from app.security.contracts import Action
from app.security.may import could
from app.topic.made import Made
from app.topic.scope import Scope
from app.topic.view import View
from topics.kit.manifest_panels import PanelSpec


def alerts(view: View, panel: PanelSpec, scope: Scope) -> Made:
    """Which alerts the panel asks for; to those who may see none it is closed."""
    if not could(view.subject, Action.READ, "alert"):
        return Made({}, [], [], "", message="需管理员授权查看告警", state="forbidden")
    place = view.asked.site or view.asked.region
    asked = {"topic": view.asked.topic.id, "region": place.code}
    return Made(data=asked | {"place": view.place}, columns=[], rows=[], sentence="")
