import Pipeline

/// The array script that does a plan on Slurm, a task for some shards each.
///
/// `bash SCRIPT` submits it and a check that runs when all tasks have ended, however they did: after a task that was put back
/// into the queue, `afterok` would never come true. The program takes the shell's place, so that Slurm's signals for the
/// batch step reach it, once.
package struct SlurmScript: Sendable, Equatable {
    /// Seconds before the time is over that SIGUSR1 comes.
    private static let notice = 120

    /// Absolute paths.
    package var program: String
    package var plan: String
    package var recordings: Int
    package var tasks: Int
    /// At a time.
    package var parallel = 32
    package var cpus = 2
    package var partition: String?
    package var time: String?
    package var memory: String?
    /// How often a task that is to be tried again goes back into the queue.
    package var requeues = 5
    /// On the node's own disk, where the model and what is compiled of it are kept; nil: nowhere.
    package var stage: String? = "/tmp"
    /// Where tasks' messages go; nil: where Slurm puts them.
    package var logs: String?
    /// More options of sbatch, such as "--account=survey".
    package var more: [String] = []

    package init(program: String, plan: String, recordings: Int, tasks: Int) {
        (self.program, self.plan, self.recordings, self.tasks) = (program, plan, recordings, tasks)
    }

    /// Of Slurm's job: the same for each script of a plan.
    package var name: String { Self.name(plan: plan) }

    package static func name(plan: String) -> String { "camstream-\(PlannedJob.id(of: plan).prefix(8))" }

    /// - Throws: `BatchError.badOption`.
    package var text: String {
        get throws(BatchError) {
            try check()
            return """
                #!/bin/bash
                # \(recordings) recordings in \(tasks) tasks. 'bash' with this file submits them, and a check of all results that
                # follows them; 'sbatch' submits the tasks alone.
                #SBATCH --job-name=\(name)
                #SBATCH --array=0-\(tasks - 1)%\(parallel)
                #SBATCH --nodes=1
                #SBATCH --ntasks=1
                #SBATCH --cpus-per-task=\(cpus)
                \(shared.joined(separator: "\n"))
                #SBATCH --requeue
                #SBATCH --open-mode=append
                #SBATCH --signal=B:USR1@\(Self.notice)
                \(output("%A_%a"))set -u
                camstream=\(ShellWord.quoted(program))
                plan=\(ShellWord.quoted(plan))

                if [ -z "${SLURM_ARRAY_TASK_ID:-}" ]; then
                    tasks=$(sbatch --parsable "$0") || exit
                    check=$(sbatch --parsable --dependency="afterany:${tasks%%;*}" <<'EOF'
                #!/bin/bash
                #SBATCH --job-name=\(name)-check
                #SBATCH --nodes=1
                #SBATCH --ntasks=1
                \(shared.joined(separator: "\n"))
                #SBATCH --requeue
                #SBATCH --open-mode=append
                \(output("%j-check"))exec \(ShellWord.quoted(program)) batch verify \(ShellWord.quoted(plan))
                EOF
                    ) || exit
                    echo "tasks: job ${tasks%%;*}; check: job ${check%%;*}"
                    exit
                fi

                # Until the program listens to it.
                trap '' USR1
                \(run)
                """.replacing("\n\n#SBATCH --requeue", with: "\n#SBATCH --requeue") + "\n"
        }
    }

    /// What tasks and the check ask for alike.
    private var shared: [String] {
        let options = [("partition", partition), ("time", time), ("mem", memory)]
        return options.compactMap { name, value in value.map { "#SBATCH --\(name)=\($0)" } }
            + more.map { "#SBATCH \(Self.directive($0))" }
    }

    /// An option whose value is one word for sbatch.
    private static func directive(_ option: String) -> String {
        let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !PlainWord.isPlain(parts[1]) else { return option }
        return "\(parts[0])=\(quoted(parts[1]))"
    }

    private static func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    /// As sbatch reads it. In names of files % is special, and after a backslash nothing is.
    private func output(_ file: String) -> String {
        guard let logs else { return "" }
        return "#SBATCH --output=\(Self.quoted("\(logs.replacing("%", with: "%%"))/\(file).log"))\n"
    }

    private var run: String {
        let words = [
            #"exec "$camstream" batch run --index "$SLURM_ARRAY_TASK_ID" --of \#(tasks) --jobs \#(cpus)"#,
            requeues > 0 ? "--requeue \(requeues)" : nil,
            stage == nil ? nil : #"--stage "$XDG_CACHE_HOME""#,
            #"-- "$plan""#,
        ]
        let command = words.compactMap { $0 }.joined(separator: " ")
        guard let stage else { return command }
        return "# The model, and what is compiled of it, once on each node.\n"
            + "export XDG_CACHE_HOME=\(ShellWord.quoted(stage))/camstream-$(id -u)\n" + command
    }

    private func check() throws(BatchError) {
        try PlainWord.check(partition, "--partition")
        try PlainWord.check(time, "--time")
        try PlainWord.check(memory, "--mem")
        for (option, value, least) in [
            ("--max-parallel", parallel, 1), ("--cpus", cpus, 1), ("--requeue", requeues, 0),
            ("--max-array-size", tasks, 1),
        ] where value < least || value > 10_000_000 {
            throw .badOption(option: option, value: "\(value)", problem: "it must be a number from \(least) on")
        }
        for option in more {
            try PlainWord.checkLine(option, "--sbatch")
            guard option.hasPrefix("--"), option.count > 2 else {
                throw .badOption(option: "--sbatch", value: option, problem: "write it as --sbatch=--account=survey")
            }
        }
        try PlainWord.checkLine(program, "--program")
        try PlainWord.checkLine(plan, "the plan's path")
        if let stage {
            guard stage.hasPrefix("/") else {
                throw .badOption(option: "--stage", value: stage, problem: "it must be an absolute path")
            }
            try PlainWord.checkLine(stage, "--stage")
        }
        if let logs {
            try PlainWord.checkLine(logs, "--logs")
            if logs.contains("\\") {
                throw .badOption(option: "--logs", value: logs, problem: "Slurm allows no backslash there")
            }
        }
    }
}
