import Foundation
import TestSupport
import Testing

/// Limits on memory and threads end the program by a line and an exit code, never by a signal.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct LimitsTests {
    enum Command: String, CaseIterable, CustomTestStringConvertible {
        case models, layers, compare, run, serve

        var testDescription: String { rawValue }

        func arguments(_ folder: TemporaryFolder) -> [String] {
            let input = ["-i", "demo:size=64x48,seconds=1", "-m", Clips.model]
            return switch self {
            case .models: ["models"]
            case .layers: ["layers", "-m", Clips.model]
            case .compare: ["compare"] + input + ["-o", folder.file("sheet.png"), "--methods", "gradcam,layercam"]
            case .run: input + ["-o", folder.file("out.mp4")]
            case .serve: ["serve"] + input + ["--listen", "127.0.0.1:0"]
            }
        }
    }

    /// Under a shell, whose exit code tells of a signal by 128 and its number.
    private func run(_ limits: String, _ arguments: [String]) throws -> Program {
        try Program.run(
            ["-c", limits + #"; "$0" "$@"; exit $?"#, Program.executable.path] + arguments, executable: "/bin/sh")
    }

    @Test(arguments: Command.allCases, [200, 350, 500, 800])
    func aLimitOnMemoryIsOneLineAndNoSignal(_ command: Command, megabytes: Int) throws {
        let folder = try TemporaryFolder()
        let run = try run("ulimit -v \(megabytes << 10)", command.arguments(folder))
        switch run.status {
        case 0: break
        case 1:
            let lines = run.standardError.split(separator: "\n").filter { $0.hasPrefix("camstream: error: ") }
            #expect(lines.count == 1 && lines[0].contains("not enough memory"), "\(run.standardError)")
        case 127:
            // The program's libraries do not fit: no code of ours runs.
            #expect(run.standardError.contains("error while loading shared libraries"), "\(run.standardError)")
        default: Issue.record("exit code \(run.status): \(run.standardError)")
        }
        #expect(try folder.contents().allSatisfy { !$0.hasPrefix(".") })
    }

    /// Where memory ends between the engine's start and the first map, OpenBLAS would wait for it for ever.
    @Test(arguments: Array(stride(from: 450, through: 800, by: 50)))
    func aLimitThatIsMetWhileItRunsIsNoEndlessWait(megabytes: Int) throws {
        let folder = try TemporaryFolder()
        let input = ["-i", "demo:size=64x48,fps=5,seconds=1", "-m", Clips.model, "-o", folder.file("out.mp4")]
        let run = try run("ulimit -v \(megabytes << 10); ulimit -t 20", input)
        #expect([0, 1].contains(run.status), "\(run.status): \(run.standardError)")
    }

    @Test func theLimitIsNamed() throws {
        let folder = try TemporaryFolder()
        let run = try run("ulimit -v \(450 << 10)", Command.run.arguments(folder))
        #expect(run.status == 1)
        #expect(
            run.standardError.contains(
                "more are needed, and this process may have 450 MB in all; raise the limit (ulimit -v)"),
            "\(run.standardError)")
    }

    /// A limit on threads does not concern root, so it is somebody else who has no other threads, another one for each test, as
    /// the limit is on all of a user's threads together: where another program takes them while this one starts, libdispatch
    /// tries again and again. They may be unable to reach the checkout.
    private static func asSomebody(_ number: Int = 0) -> String {
        getuid() == 0 ? "setpriv --reuid \(64123 + number) --clear-groups" : ""
    }
    private static let isWithinReach: Bool = {
        let check = try? Program.run(
            [
                "-c", #"\#(asSomebody()) test -x "$0" && \#(asSomebody()) test -r "$1""#, Program.executable.path,
                Clips.model,
            ],
            executable: "/bin/sh")
        return check?.status == 0
    }()

    @Test(
        .enabled(if: isWithinReach, "the checkout is in a folder that other users may not enter"),
        arguments: [Command.models, .compare, .run, .serve], [4, 14])
    func aLimitOnThreadsIsOneLineAndNoSignal(_ command: Command, threads: Int) throws {
        let folder = try TemporaryFolder()
        chmod(folder.file(""), 0o777)
        let number = Command.allCases.firstIndex(of: command)! * 100 + threads
        let run = try Program.run(
            [
                "-c", #"\#(Self.asSomebody(number)) prlimit --nproc=\#(threads) "$0" "$@"; exit $?"#,
                Program.executable.path,
            ]
                + command.arguments(folder),
            environment: ["HOME": folder.file("")], executable: "/bin/sh")
        #expect(run.status == 1 || command == .models && run.status == 0, "\(run.status): \(run.standardError)")
        if run.status == 1 {
            let lines = run.standardError.split(separator: "\n").filter { $0.hasPrefix("camstream: error: ") }
            #expect(lines.count == 1 && lines[0].contains("more threads can be started"), "\(run.standardError)")
        }
    }
}
