"""One measurement, its peers and goals, and how figures are condensed."""

from dataclasses import dataclass, field


@dataclass
class Peer:
    name: str
    value: float | None  # in the measurement's unit; None: not measured
    note: str = ""  # what is different about it, or why it was not measured


@dataclass
class Goal:
    """`at_least` or `at_most`: of the ratio to the named peer, or of our own figure when none is named."""

    at_least: float | None = None
    at_most: float | None = None
    peer: str = ""

    def text(self) -> str:
        bound = f"≥ {self.at_least:g}" if self.at_least is not None else f"≤ {self.at_most:g}"
        return f"{bound} × {self.peer}" if self.peer else bound


@dataclass
class Measurement:
    case: str  # the module
    name: str  # what was measured
    unit: str  # of ours and of the peers
    ours: float
    peers: list[Peer]
    higher_is_better: bool
    goals: list[Goal] = field(default_factory=list)
    table: str = ""  # the heading of its table within the case
    detail: dict = field(default_factory=dict)  # further figures, for the JSON

    def ratio(self, peer: Peer) -> float | None:
        """Ours ÷ peer's."""
        return self.ours / peer.value if peer.value else None

    def met(self, goal: Goal) -> bool | None:
        """None: its peer was not measured."""
        value = self.ours
        if goal.peer:
            value = next((self.ratio(peer) for peer in self.peers if peer.name == goal.peer), None)
            if value is None:
                return None
        return value >= goal.at_least if goal.at_least is not None else value <= goal.at_most


def percentile(values, part: float) -> float:
    """By nearest rank; of one value, that value."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(part * len(ranked)))]


def median(values) -> float:
    return percentile(values, 0.5)


def counted(count: int, one: str) -> str:
    return f"{count:,} {one}{'' if count == 1 else 's'}"
