import ArgumentParser
import TestSupport
import Testing

@testable import camstream

/// Wrong words on the command line, and the one line that tells them.
struct UsageErrorTests {
    /// nil: the arguments are right, or ask for help.
    private func told<Command: ParsableCommand>(_ arguments: [String], of type: Command.Type = ServeCommand.self)
        -> String?
    {
        do {
            _ = try type.parseAsRoot(arguments)
            return nil
        } catch {
            return UsageError(error, of: type)?.description
        }
    }

    @Test(arguments: [
        (
            ["--method", "gradcamm"],
            "--method cannot be 'gradcamm'; did you mean 'gradcam'? 'camstream serve --help' lists all"
        ),
        (
            ["--colormap", "virdis"],
            "--colormap cannot be 'virdis'; did you mean 'viridis'? 'camstream serve --help' lists all"
        ),
        (["--colormap", "octarine"], "--colormap cannot be 'octarine'; 'camstream serve --help' lists all"),
        (["--blend", "ad"], "--blend cannot be 'ad'; did you mean 'add'? Allowed: attention, mix, add"),
        (
            ["--scale", "runing"],
            "--scale cannot be 'runing'; did you mean 'running'? Allowed: frame, running, fixed:LO,HI"
        ),
        (["--method", "two\nlines"], "--method cannot be 'two lines'; "),
        (["--crf", "low"], "--crf cannot be 'low'; allowed: a number"),
        (["--seed", "1.5"], "--seed cannot be '1.5'; allowed: a whole number"),
        (["--size", "640"], "--size cannot be '640': Size of a camera's frames, such as 1280x720; "),
        (["--methd", "cam"], "unknown option '--methd'; did you mean '--method'? 'camstream serve --help' lists all"),
        (["-x"], "unknown option '-x'; 'camstream serve --help' lists all"),
        (["--method"], "missing value for '--method <method>'; see 'camstream serve --help'"),
        (["clip.mp4"], "unexpected argument 'clip.mp4'; see 'camstream serve --help'"),
    ])
    func theLineTellsWhatIsWrongAndWhatWasMeant(arguments: [String], start: String) throws {
        let line = try #require(told(arguments))
        #expect(line.hasPrefix(start), "\(line)")
        #expect(!line.contains { $0.isNewline }, "\(line)")
        #expect(line.contains("--help'") || line.contains("llowed: "), "\(line)")
    }

    /// The program itself would take the options, and the command would not get them.
    @Test(arguments: [
        (["--model", "a.onnx", "layers"], "options stand behind the command: camstream layers --model …"),
        (["--quiet", "compare", "-i", "a.png"], "options stand behind the command: camstream compare --quiet"),
        (["--model=a.onnx", "batch", "run"], "options stand behind the command: camstream batch --model"),
        (["-o", "view"], nil), (["layers", "--model", "a.onnx"], nil), (["-i", "a.png", "-o", "burn", "--quiet"], nil),
        (["--methd", "layers"], nil), ([], nil),
    ])
    func aCommandBehindOptionsIsTold(arguments: [String], line: String?) {
        #expect(LateCommand(arguments, of: Camstream.self)?.description == line)
    }

    @Test func commandsNameTheirOwnHelp() {
        #expect(
            told(["--methd"], of: Camstream.self)
                == "unknown option '--methd'; did you mean '--method'? 'camstream --help' lists all")
        #expect(
            told(["modles", "fetch"], of: Camstream.self)
                == "2 unexpected arguments: 'modles', 'fetch'; did you mean the command 'models'? 'camstream --help' lists all"
        )
        #expect(
            told(["--out", "x.png"], of: CompareCommand.self)
                == "--input or --data is missing; see 'camstream compare --help'")
        #expect(
            told([], of: CompareCommand.self)
                == "missing expected argument '--out <out>'; see 'camstream compare --help'")
        #expect(
            told(["fetch", "resnet18", "--form", "x"], of: ModelsCommand.self)
                == "unknown option '--form'; did you mean '--from'? 'camstream models fetch --help' lists all")
        #expect(
            told(["ftech"], of: ModelsCommand.self)
                == "unexpected argument 'ftech'; did you mean the command 'fetch'? 'camstream models --help' lists all"
        )
    }

    @Test func whatIsRightOrAsksForHelpIsNoError() {
        for arguments in [["-i", "demo:"], ["--help"]] { #expect(told(arguments) == nil) }
        #expect(told(["help", "models"], of: Camstream.self) == nil)
    }
}

/// The same, as a shell sees it.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct UsageErrorProgramTests {
    @Test(arguments: [
        (
            ["--method", "gradcamm"],
            "--method cannot be 'gradcamm'; did you mean 'gradcam'? 'camstream --help' lists all"
        ),
        (["serve", "--layout", "gird"], "--layout cannot be 'gird'; did you mean 'grid'? "),
        (
            ["compare", "-i", "a.png", "-o", "b.png", "--opacity", "half"],
            "--opacity cannot be 'half'; allowed: a number"
        ),
        (["steady", "-i", "demo:", "--fliter", "median"], "unknown option '--fliter'; did you mean '--filter'? "),
        (["models", "fetch"], "missing expected argument '<names> ...'; see 'camstream models fetch --help'"),
        (["layers", "--jsn"], "unknown option '--jsn'; did you mean '--json'? 'camstream layers --help'"),
        (["devices", "all"], "unexpected argument 'all'; see 'camstream devices --help'"),
        ([], "name an input with --input; see 'camstream --help'"),
        (
            ["-i", "clip.mp4"],
            "name an output with --out, --sidecar or --events, send the picture with --push, or show it to browsers with --serve; see "
        ),
    ])
    func wrongUsageIsOneLineAnd64(arguments: [String], start: String) throws {
        let run = try Program.run(arguments)
        #expect(run.status == 64 && run.standardOutput.isEmpty)
        #expect(run.standardError.hasPrefix("camstream: error: \(start)"), "\(run.standardError)")
        #expect(run.standardError.filter { $0.isNewline }.count == 1, "\(run.standardError)")
    }
}
