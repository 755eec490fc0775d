"""Reports and moves cases as fast as it can until it is killed: python -m … URL."""

from __future__ import annotations

import sys

from layers.stores.postgres_engine import connect
from tests.topics.cases.case_desk import CATEGORIES, CLOCKS, DUTY, REFERENCE, REGIONS, at, report
from topics.kit.cases.machine import Order
from topics.kit.cases.routing import Routing
from topics.kit.cases.service import Cases
from topics.kit.stores.postgres_case_lists import PostgresCaseLists
from topics.kit.stores.postgres_cases import PostgresCases


def main(url: str) -> None:
    engine = connect(url)
    store = PostgresCases(engine)
    routing = Routing.load(REFERENCE / "case_routing.csv")
    cases = Cases(store, PostgresCaseLists(engine, store), CATEGORIES, CLOCKS, routing, REGIONS)
    while True:
        case = cases.report(report(), now=at("26 09:00")).case.id
        for word in ("受理", "立案"):
            cases.move(case, Order(word), DUTY, now=at("26 09:05"))
        sys.stdout.write(f"{case}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
