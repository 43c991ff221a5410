import Foundation
import TestSupport
import Testing

@testable import camstream

/// What the built program answers.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct HelpProgramTests {
    private func shown(_ arguments: [String]) throws -> String {
        let run = try Program.run(arguments)
        #expect(run.status == 0 && run.standardError.isEmpty, "\(arguments): \(run.standardError)")
        return run.standardOutput
    }

    @Test func shortAndLongHelpDiffer() throws {
        let short = try shown(["-h"])
        let long = try shown(["--help"])
        #expect(short.contains("\nPicture\n") && !short.contains("--tls-key"))
        #expect(long.contains("\nDetector\n") && long.contains("\n  --tls-key <tls-key>\n"))
        #expect(try shown(["help"]) == long)
        #expect(try shown(["models", "fetch", "--help"]) == shown(["help", "models", "fetch"]))
        #expect(try shown(["-i", "clip.mp4", "-qh"]) == short)
        // It does nothing without one of its commands.
        #expect(try shown(["batch"]) == shown(["batch", "-h"]))
    }

    @Test(arguments: HelpTopic.allCases) func everyTopicIsTold(topic: HelpTopic) throws {
        #expect(try shown(["help", topic.rawValue]).hasPrefix(topic.title + "\n\n"))
    }

    @Test(arguments: [["-V"], ["models", "-V"], ["serve", "--version"], ["batch", "run", "-V"]])
    func theVersionHasAShortName(arguments: [String]) throws {
        #expect(try shown(arguments) == Camstream.version + "\n")
    }

    @Test(arguments: [
        (["help", "metods"], "there is no help on 'metods'; did you mean 'methods'? 'camstream --help' lists"),
        (["help", "models", "nonsense"], "there is no help on 'models nonsense'; 'camstream --help' lists"),
        (["--color", "blue", "-h"], "--color cannot be 'blue'"), (["--color"], "--color cannot be ''"),
        (["devices", "--color=no"], "--color cannot be 'no'"),
    ])
    func whatIsNotThereIsToldInOneLine(arguments: [String], start: String) throws {
        let run = try Program.run(arguments)
        #expect(run.status == 64 && run.standardOutput.isEmpty)
        #expect(run.standardError.hasPrefix("camstream: error: \(start)"), "\(run.standardError)")
        #expect(run.standardError.split(separator: "\n").count == 1)
    }

    @Test func nothingIsColouredIntoAPipeUnlessItIsAskedFor() throws {
        let escape = "\u{1B}["
        #expect(try !shown(["-h"]).contains(escape))
        #expect(try shown(["-h", "--color", "always"]).contains("\(escape)1mPicture\(escape)0m\n"))
        let plain = try Program.run(["-i"])
        #expect(!plain.standardError.contains(escape))
        let coloured = try Program.run(["--color=always", "-i"])
        #expect(coloured.standardError.hasPrefix("camstream: \(escape)1;31merror:\(escape)0m missing value"))
    }

    /// `script` gives a program a terminal.
    @Test(arguments: [
        ([:], "", true), (["NO_COLOR": "1"], "", false), (["TERM": "dumb"], "", false),
        (["NO_COLOR": "1"], "--color always", true), ([:], "--color never", false),
    ])
    func onATerminalThereAreColours(environment: [String: String], option: String, isColoured: Bool) throws {
        let command = "\(Program.executable.path) \(option) -i"
        let terminal = ["TERM": "xterm", "NO_COLOR": ""].merging(environment) { $1 }
        let run = try Program.run(
            ["-qec", command, "/dev/null"], environment: terminal, executable: "/usr/bin/script")
        #expect(run.standardOutput.contains("missing value"), "\(run.standardOutput)")
        #expect(run.standardOutput.contains("\u{1B}[1;31merror:\u{1B}[0m") == isColoured, "\(run.standardOutput)")
    }
}
