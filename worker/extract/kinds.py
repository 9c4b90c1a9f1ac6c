"""A learnt model that tells articles from other pages, and what the others are.

Logistic regression over the traits of a page (`traits`), in two steps, since most pages are articles at a glance: a
first model over the cheap traits lets go what is sure to be one, a second over all of them decides; a third one gives
the refused page a name. `tests/accuracy/train_kinds.py` writes the weights to kinds.json.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp
from operator import mul
from typing import Any

from worker.extract.traits import AT_A_GLANCE, AT_A_LOOK


@dataclass(frozen=True, slots=True)
class Line:
    """A linear function of traits."""

    bias: float
    weights: tuple[float, ...]

    def value(self, traits: Sequence[float]) -> float:
        """Return the function's value, in log-odds."""
        added: float = sum(map(mul, self.weights, traits))
        return self.bias + added

    def probability(self, traits: Sequence[float]) -> float:
        """Return the value as a probability (the logistic function)."""
        odds = max(-60.0, min(60.0, self.value(traits)))  # exp overflows beyond ±700
        return 1.0 / (1.0 + exp(-odds))


@dataclass(frozen=True, slots=True)
class Model:
    """The three models and their thresholds.

    *glance* and *whole* give the probability that a page is no article; below *sure* the glance is believed, above
    *refused* the page is. *kinds* maps what a refused page may be to a function of all traits; the highest names it.
    """

    glance: Line
    sure: float
    whole: Line
    refused: float
    kinds: tuple[tuple[str, Line], ...]

    def name(self, traits: Sequence[float]) -> str:
        """Return what a refused page is taken for."""
        return max(self.kinds, key=lambda kind: kind[1].value(traits))[0]


def model_of(said: dict[str, Any]) -> Model:
    """Return the model that *said*, the content of kinds.json, describes; KeyError when a trait has no weight there."""
    return Model(
        glance=_line(said["glance"], AT_A_GLANCE),
        sure=said["sure"],
        whole=_line(said["whole"], AT_A_GLANCE + AT_A_LOOK),
        refused=said["refused"],
        kinds=tuple((name, _line(line, AT_A_GLANCE + AT_A_LOOK)) for name, line in said["kinds"].items()),
    )


def _line(said: dict[str, Any], names: tuple[str, ...]) -> Line:
    return Line(bias=said["bias"], weights=tuple(said["weights"][name] for name in names))


@cache
def shipped() -> Model:
    """Return the model of kinds.json, read once a process."""
    return model_of(json.loads(files("worker.extract").joinpath("kinds.json").read_text(encoding="utf-8")))
