"""The users of the demonstration: most are fine."""

from typing import Final

from devstack.upstream.faults import PageFault
from devstack.upstream.world import World

FINE: Final = (
    *("amara.diallo", "ben.whitaker", "chloe.martin", "daniel.osei", "elif.yilmaz"),
    *("farid.rahimi", "grace.oconnor", "hugo.lindqvist", "ines.carvalho"),
)
EXPIRED, ELSEWHERE, FLAKY = "jonas.weber@demo.test", "keiko.tanaka@demo.test", "liam.murphy@demo.test"


def populate(world: World) -> None:
    """Nine whose sessions can be refreshed, one whose has ended, one whose page shows another, one who often fails."""
    for name in FINE:
        world.add(f"{name}@demo.test", report="Normal", report_time="2024-03-21T10:30:00.000Z")
    world.add(EXPIRED).token = None
    world.add(ELSEWHERE, fault=PageFault.WRONG_EMAIL)
    world.add(FLAKY, fault=PageFault.ERROR, fault_rate=0.5)
