"""What the extractor is to reach on the development sets: the mean over five folds by domain."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure of one set; *most* says that the figure is to stay below it. None: no goal, but the figure is wanted."""

    field: str
    set: str
    column: str
    goal: float | None
    most: bool = False

    def met(self, figure: float) -> bool | None:
        """Return whether *figure* reaches the goal, None without one."""
        if self.goal is None:
            return None
        return figure < self.goal if self.most else figure >= self.goal


# Sets whose pages are no articles: to be refused, all others are not.
NO_ARTICLES = "wcxb_dev_other"
REFUSED_ARTICLES = 0.01

GOALS = (
    Goal("body F1", "fundus_dev", "F1", 0.965),
    Goal("body F1", "wcxb_dev_article", "F1", 0.960),
    Goal("body F1", "magic_article", "F1", 0.965),
    Goal("body F1", "zh_handmade", "F1", 0.90),
    Goal("body, snippets' F1", "trafilatura", "snipF1", 0.945),
    Goal("body F1", "mozilla", "F1", 0.96),
    Goal("title", "fundus_dev", "title~", 0.95),
    Goal("title", "trafilatura", "title~", 0.85),
    Goal("title", "postlight", "title~", None),
    Goal("date", "fundus_dev", "date=", 0.97),
    Goal("date", "trafilatura", "date=", 0.93),
    Goal("date", "htmldate_default", "date=", 0.94),
    Goal("date", "wcxb_dev_article", "date=", 0.93),
    Goal("authors F1", "fundus_dev", "authF1", 0.90),
    Goal("authors F1", "trafilatura", "authF1", 0.80),
    Goal("authors F1", "wcxb_dev_article", "authF1", 0.80),
    Goal("lead image", "fundus_dev", "lead", 0.90),
    Goal("images, recall", "fundus_dev", "imgR", 0.90),
    Goal("images, precision", "fundus_dev", "imgP", 0.80),
    Goal("captions bound", "fundus_dev", "capR", None),
    Goal("not an article", NO_ARTICLES, "refused", 0.80),
)
