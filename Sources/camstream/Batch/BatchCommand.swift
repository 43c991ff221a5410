import ArgumentParser

/// `camstream batch`: many recordings, on one machine or on many.
struct BatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch",
        _superCommandName: "camstream",
        abstract: "Do many recordings: on this machine, on Slurm, on Kubernetes.",
        discussion: """
            A plan says what is to be done, a line a recording. What is done is skipped, so a batch may be stopped, killed, \
            started again and done by several machines at once.

            Examples:
              camstream batch plan clips --out-dir heat > jobs.jsonl
              camstream batch run jobs.jsonl --all
              camstream batch status jobs.jsonl
              camstream batch verify jobs.jsonl
              camstream batch report jobs.jsonl --out seen.html
            """,
        version: Camstream.version,
        subcommands: [
            BatchPlanCommand.self, BatchRunCommand.self, BatchStatusCommand.self, BatchVerifyCommand.self,
            BatchRetryCommand.self, BatchReportCommand.self, BatchSlurmCommand.self, BatchKubernetesCommand.self,
        ])
}
