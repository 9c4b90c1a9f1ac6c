"""A small set of boosted decision trees (Friedman, 2001), read from a data file.

The trees are compiled into one Python function of nested conditional expressions when they are read: walking them as data
takes four times as long, and they are asked about every paragraph.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

# After so many trees an answer as clear as this stands: the trees left turn round one text in a thousand of those.
EXITS = {12: 1.6, 30: 1.8, 55: 1.8}

Odds = Callable[[Sequence[float]], float]


@dataclass(frozen=True, slots=True)
class Forest:
    """*odds* gives the log odds of a row of features, *words* the log odds of words, evidence that the trees weigh."""

    odds: Odds
    words: dict[str, float]


def read_forest(text: str) -> Forest:
    """Return the forest that `tests/accuracy/train_body.py` wrote as *text*."""
    data = json.loads(text)
    return Forest(odds=_compiled(data["trees"]), words=data["words"])


def _compiled(trees: Sequence[Any]) -> Odds:
    """Return a function that adds up the answers of *trees*: a number, or [feature, threshold, if at most that, if more]."""
    used = max(map(_highest, trees)) + 1
    lines = ["def odds(values):", f" {''.join(f'x{n},' for n in range(used))}*_ = values", " total = 0.0"]
    for count, tree in enumerate(trees):
        if count in EXITS:
            lines.append(f" if not {-EXITS[count]!r} < total < {EXITS[count]!r}: return total")
        lines.append(f" total += {_expression(tree)}")
    lines.append(" return total")
    scope: dict[str, Odds] = {}
    exec(compile("\n".join(lines), "forest", "exec"), {"__builtins__": {}}, scope)  # noqa: S102  numbers only, see _expression
    return scope["odds"]


def _highest(node: Any) -> int:
    return max(int(node[0]), _highest(node[2]), _highest(node[3])) if isinstance(node, list) else 0


def _expression(node: Any) -> str:
    if not isinstance(node, list):
        return repr(float(node))
    feature, threshold, low, high = node
    return f"({_expression(low)} if x{int(feature)} <= {float(threshold)!r} else {_expression(high)})"
