"""One measurement, and how figures are condensed."""

from dataclasses import dataclass, field


@dataclass
class Measurement:
    case: str  # the module
    name: str  # what was measured
    unit: str  # of ours and peer
    ours: float
    peer_name: str
    peer: float
    higher_is_better: bool
    detail: dict = field(default_factory=dict)  # further figures, for the JSON

    @property
    def ratio(self) -> float:
        """Ours ÷ peer."""
        return self.ours / self.peer if self.peer else float("nan")


def percentile(values, part: float) -> float:
    """By nearest rank; of one value, that value."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(part * len(ranked)))]


def median(values) -> float:
    return percentile(values, 0.5)
