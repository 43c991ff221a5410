import Testing

@testable import camstream

struct TerminalColourTests {
    @Test(arguments: [
        (TerminalColour.Choice.auto, ["TERM": "xterm"], true, true), (.auto, ["TERM": "xterm"], false, false),
        (.auto, ["TERM": "dumb"], true, false), (.auto, [:], true, false),
        (.auto, ["TERM": "xterm", "NO_COLOR": "1"], true, false),
        (.auto, ["TERM": "xterm", "NO_COLOR": ""], true, true),
        (.always, ["TERM": "dumb", "NO_COLOR": "1"], false, true), (.never, ["TERM": "xterm"], true, false),
    ])
    func aStreamHasColoursOnATerminalThatShowsThem(
        choice: TerminalColour.Choice, environment: [String: String], isTerminal: Bool, isOn: Bool
    ) {
        #expect(TerminalColour.isOn(choice, environment, isTerminal: isTerminal) == isOn)
    }

    @Test(arguments: [
        (["-i", "a", "--color", "auto", "-q"], ["-i", "a", "-q"]), (["--color=auto"], []),
        (["batch", "plan", "--", "--color", "x"], ["batch", "plan", "--", "--color", "x"]),
        (["--colormap", "jet"], ["--colormap", "jet"]),
    ])
    func theOptionIsTakenWhereverItStands(arguments: [String], left: [String]) throws {
        #expect(try TerminalColour.take(from: arguments) == left)
    }

    @Test func onlyTheProgramsOwnWordIsColoured() {
        #expect(TerminalColour.message("camstream: warning: x") == "camstream: \u{1B}[1;33mwarning:\u{1B}[0m x")
        for line in ["camstream: door: error: x", "error: x", "camstream: x"] {
            #expect(TerminalColour.message(line) == line)
        }
    }
}
