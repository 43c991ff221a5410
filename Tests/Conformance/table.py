"""What came of the architectures, as a table in Markdown."""

from dataclasses import dataclass, field

# Share of the gradient's range.
TOLERANCE = 1e-4
BEGIN, END = "<!-- architectures: begin -->", "<!-- architectures: end -->"


@dataclass
class Outcome:
    """One architecture with one operator set."""

    problem: str | None = None
    exported: bool = True
    layer: str = ""
    shape: list = field(default_factory=list)
    # Greatest differences as shares of the range.
    scores: float = 0
    difference: float = 0
    correlation: float = 0
    # What is wrong with a method's map, by method; empty: nothing.
    methods: dict = field(default_factory=dict)

    @property
    def is_bad(self):
        return self.exported and (
            self.problem is not None or not self.difference <= TOLERANCE or any(self.methods.values()))

    def __str__(self):
        if self.problem:
            return self.problem
        wrong = [f"{method}: {problem}" for method, problem in self.methods.items() if problem]
        return (
            f"{self.layer} {self.shape}: scores {self.scores:.1e}, gradient {self.difference:.1e}, correlation "
            f"{self.correlation:.6f}; {len(self.methods)} methods{'; ' if wrong else ''}{'; '.join(wrong)}")
