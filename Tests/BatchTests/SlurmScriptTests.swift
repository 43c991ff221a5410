import Foundation
import TestSupport
import Testing

@testable import Batch

struct SlurmScriptTests {
    private static var plain: SlurmScript {
        var script = SlurmScript(program: "/opt/camstream", plan: "/data/jobs.jsonl", recordings: 1000, tasks: 40)
        (script.partition, script.time, script.memory) = ("long", "2:00:00", "4G")
        return script
    }

    /// Names that a shell would take apart, run or end.
    private static var hostile: SlurmScript {
        var script = SlurmScript(
            program: "/opt/my $(touch run) `touch run`/cam'stream",
            plan: "/data/it's a \"plan\"; exit 3 #/jobs $HOME.jsonl",
            recordings: 1, tasks: 1)
        script.stage = "/scratch/it's here"
        return script
    }

    @Test func theScriptIsAsExpected() throws {
        let text = try Self.plain.text
        #expect(
            text == """
                #!/bin/bash
                # 1000 recordings in 40 tasks. 'bash' with this file submits them, and a check of all results that
                # follows them; 'sbatch' submits the tasks alone.
                #SBATCH --job-name=camstream-9b73fffb
                #SBATCH --array=0-39%32
                #SBATCH --nodes=1
                #SBATCH --ntasks=1
                #SBATCH --cpus-per-task=2
                #SBATCH --partition=long
                #SBATCH --time=2:00:00
                #SBATCH --mem=4G
                #SBATCH --requeue
                #SBATCH --open-mode=append
                #SBATCH --signal=B:USR1@120
                set -u
                camstream='/opt/camstream'
                plan='/data/jobs.jsonl'

                if [ -z "${SLURM_ARRAY_TASK_ID:-}" ]; then
                    tasks=$(sbatch --parsable "$0") || exit
                    check=$(sbatch --parsable --dependency="afterany:${tasks%%;*}" <<'EOF'
                #!/bin/bash
                #SBATCH --job-name=camstream-9b73fffb-check
                #SBATCH --nodes=1
                #SBATCH --ntasks=1
                #SBATCH --partition=long
                #SBATCH --time=2:00:00
                #SBATCH --mem=4G
                #SBATCH --requeue
                #SBATCH --open-mode=append
                exec '/opt/camstream' batch verify '/data/jobs.jsonl'
                EOF
                    ) || exit
                    echo "tasks: job ${tasks%%;*}; check: job ${check%%;*}"
                    exit
                fi

                # Until the program listens to it.
                trap '' USR1
                # The model, and what is compiled of it, once on each node.
                export XDG_CACHE_HOME='/tmp'/camstream-$(id -u)
                exec "$camstream" batch run --index "$SLURM_ARRAY_TASK_ID" --of 40 --jobs 2 --requeue 5 --stage "$XDG_CACHE_HOME" -- "$plan"

                """)
    }

    @Test func whatIsNotAskedForIsNotInIt() throws {
        var script = SlurmScript(program: "/opt/camstream", plan: "/data/jobs.jsonl", recordings: 3, tasks: 3)
        (script.stage, script.requeues) = (nil, 0)
        let text = try script.text
        for word in [
            "--partition", "--time", "--mem", "--output", "XDG_CACHE_HOME", "--requeue 0", "--stage", "\n\n#SBATCH",
        ] {
            #expect(!text.contains(word), "\(word)")
        }
    }

    @Test(arguments: [plain, hostile]) func bashUnderstandsIt(script: SlurmScript) throws {
        #expect(try Shell("-n", script: script.text).exit == 0)
    }

    /// The last line runs with a program in camstream's place that prints its arguments, each on a line.
    @Test func namesWithQuotesAndSpacesComeThroughWhole() throws {
        var script = Self.hostile
        let folder = try TemporaryFolder()
        script.program = try folder.program(
            "cam's $(tool) \"1\"", "#!/bin/bash\nprintf '%s\\n' \"$@\" \"$XDG_CACHE_HOME\"\n")
        let task = try Shell(script: script.text, ["SLURM_ARRAY_TASK_ID": "0"])
        let cache = "/scratch/it's here/camstream-\(getuid())"
        #expect(
            task.output.split(separator: "\n").map(String.init) == [
                "batch", "run", "--index", "0", "--of", "1", "--jobs", "2", "--requeue", "5", "--stage", cache, "--",
                script.plan, cache,
            ])
    }

    /// With a program in sbatch's place.
    @Test func withoutATaskItSubmitsItselfAndThenTheCheck() throws {
        let folder = try TemporaryFolder()
        try folder.program(
            "sbatch",
            """
            #!/bin/bash
            case "$2" in
                --dependency=*) printf '%s\\n' "$2" >'\(folder.file("seen"))'; cat >>'\(folder.file("seen"))'; echo 18;;
                *) echo '17;cluster';;
            esac
            """)
        let shell = try Shell(script: Self.hostile.text, ["PATH": "\(folder.path):/usr/bin:/bin"])
        #expect(shell.output == "tasks: job 17; check: job 18\n")
        let seen = String(decoding: try folder.bytes(of: "seen"), as: UTF8.self)
        #expect(seen.hasPrefix("--dependency=afterany:17\n#!/bin/bash\n"))
        // The check's words are those that were meant.
        let last = String(try #require(seen.split(separator: "\n").last)).replacing("exec ", with: "printf '%s\\n' ")
        let words = try Shell(script: last).output.split(separator: "\n").map(String.init)
        #expect(words == [Self.hostile.program, "batch", "verify", Self.hostile.plan])
    }

    @Test func optionsForSbatchAreOneWordEach() throws {
        var script = Self.plain
        script.more = ["--account=survey", "--exclusive", ##"--comment=it's "a" \# test"##]
        let lines = try script.text.split(separator: "\n")
        for line in ["--account=survey", "--exclusive", ##"--comment="it's \"a\" \\# test""##] {
            #expect(lines.count { $0 == "#SBATCH \(line)" } == 2, "\(line)")
        }
    }

    @Test func aFolderForMessagesIsQuotedAsSlurmReadsIt() throws {
        var script = Self.plain
        script.logs = "/data/50% of \"all\""
        let lines = try script.text.split(separator: "\n")
        #expect(lines.contains(#"#SBATCH --output="/data/50%% of \"all\"/%A_%a.log""#))
        #expect(lines.contains(#"#SBATCH --output="/data/50%% of \"all\"/%j-check.log""#))
    }

    @Test(arguments: Misreadable.all) fileprivate func whatWouldBeReadOtherwiseIsRefused(_ misreadable: Misreadable) {
        var script = Self.plain
        misreadable.change(&script)
        let changed = script
        let error = #expect(throws: BatchError.self) { try changed.text }
        if case .badOption(misreadable.option, _, _)? = error { return }
        Issue.record("\(String(describing: error))")
    }
}

/// A change to a script after which a shell or Slurm would read another one.
private struct Misreadable: Sendable, CustomTestStringConvertible {
    let option: String
    let change: @Sendable (inout SlurmScript) -> Void

    init(_ option: String, _ change: @escaping @Sendable (inout SlurmScript) -> Void) {
        (self.option, self.change) = (option, change)
    }

    var testDescription: String { option }

    static let all = [
        Misreadable("--time") { $0.time = "1:00 --array=0-9" },
        Misreadable("--mem") { $0.memory = "" },
        Misreadable("--partition") { $0.partition = "a\n#SBATCH --uid=0" },
        Misreadable("--cpus") { $0.cpus = 0 },
        Misreadable("--max-parallel") { $0.parallel = 0 },
        Misreadable("--requeue") { $0.requeues = -1 },
        Misreadable("--max-array-size") { $0.tasks = 0 },
        Misreadable("--sbatch") { $0.more = ["account=a"] },
        Misreadable("--sbatch") { $0.more = ["--comment=a\nrm -r x"] },
        Misreadable("--stage") { $0.stage = "scratch" },
        Misreadable("--logs") { $0.logs = "/a\\b" },
        Misreadable("the plan's path") { $0.plan = "/a\nb" },
        Misreadable("--program") { $0.program = "/a\nEOF" },
    ]
}

/// bash, with a script.
private struct Shell {
    let output: String
    let exit: Int32

    init(_ options: String..., script: String, _ environment: [String: String] = [:]) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(script.utf8, to: "script.sh")
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = options + [file]
        process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }
        process.standardOutput = pipe
        try process.run()
        output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        exit = process.terminationStatus
    }
}

extension TemporaryFolder {
    /// - Returns: its path.
    @discardableResult
    fileprivate func program(_ name: String, _ script: String) throws -> String {
        let path = try write(script.utf8, to: name)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }
}
