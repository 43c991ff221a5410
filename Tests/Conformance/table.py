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


def write_table(path, results):
    """Puts the table between the marks of a document."""
    text = path.read_text()
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    path.write_text(f"{text[:begin]}\n{table(results)}\n{text[end:]}")


def table(results):
    operator_sets = list(next(iter(results.values())))
    lines = [
        "| Architecture | Default layer, its shape | " + " | ".join(f"opset {o}" for o in operator_sets) + " |",
        "| --- | --- |" + " --- |" * len(operator_sets),
    ]
    for name, outcomes in results.items():
        shapes = {"×".join(map(str, o.shape[1:])) for o in outcomes.values() if o.shape}
        cells = [name, ", ".join(sorted(shapes))] + [cell(outcome) for outcome in outcomes.values()]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def cell(outcome):
    if not outcome.exported:
        return "cannot be exported"
    if outcome.problem:
        return f"no: {outcome.problem.splitlines()[0]}".replace("|", "/")
    wrong = sorted(method for method, problem in outcome.methods.items() if problem)
    gradient = "≤ 1e-4" if outcome.difference <= TOLERANCE else f"{outcome.difference:.0e}"
    return f"{gradient}, {len(outcome.methods) - len(wrong)} methods" + (f"; not {', '.join(wrong)}" if wrong else "")
