import ArgumentParser
import Batch
import Encode
import Foundation
import Logging
import Pipeline

/// `camstream batch slurm`.
struct BatchSlurmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slurm", abstract: "Write the array script that does a plan on Slurm, and submit it.",
        discussion: """
            The script goes to standard output, or to --out. 'bash SCRIPT' submits it and a check of all results that follows \
            it; so does --submit, which keeps the script beside the plan unless --out says otherwise. Submit it again to do \
            what is left: what is done is skipped.

            Examples:
              camstream batch slurm jobs.jsonl > jobs.sh
              camstream batch slurm jobs.jsonl --time 2:00:00 --mem 4G --cpus 4 --submit
              camstream batch slurm jobs.jsonl --partition long --sbatch=--account=survey --max-parallel 100 --submit
            """)

    @Argument(help: "Plan that 'camstream batch plan' wrote.")
    var plan: String

    @Option(help: "Slurm's partition.")
    var partition: String?

    @Option(help: "How long a task may take, as Slurm has it, such as 2:00:00.")
    var time: String?

    @Option(help: "Memory of a task, as Slurm has it, such as 4G.")
    var mem: String?

    @Option(help: "Cores of a task, and recordings that it does at a time.")
    var cpus = 2

    @Option(help: "Tasks at a time.")
    var maxParallel = 32

    @Option(
        help: ArgumentHelp(
            "How many tasks an array may have; by default what 'scontrol show config' says, else \(SlurmCluster.usualMaxArraySize)."
        ))
    var maxArraySize: Int?

    @Option(help: "How often a task that is to be tried again goes back into the queue.")
    var requeue = 5

    @Option(
        help: "Another option for sbatch, as in --sbatch=--account=survey. May be given several times.")
    var sbatch: [String] = []

    @Option(help: "Folder on each node's own disk for the model and what is compiled of it.")
    var stage = "/tmp"

    @Flag(help: "Read the model where it is, and keep what is compiled of it in the home folder.")
    var noStage = false

    @Option(help: "Folder for the tasks' messages; it is made. By default they are where Slurm has them.")
    var logs: String?

    @Option(help: "Where camstream is on the nodes; by default where this one is.")
    var program: String?

    @Option(name: .shortAndLong, help: "File for the script.")
    var out: String?

    @Flag(name: .shortAndLong, help: "Replace a file that is there.")
    var force = false

    @Flag(help: "Submit it.")
    var submit = false

    func run() throws {
        let log = Main.openLog(quiet: false)
        try Main.perform(log) {
            let path = InputList.absolute(plan)
            let plan = try Plan(path: path)
            try plan.check(version: Camstream.version)
            if submit, EngineTool("sbatch") == nil {
                throw BatchError.noTool(name: "sbatch", package: "run this where jobs of Slurm are submitted.")
            }
            guard plan.end.jobs > 0 else { throw BatchError.nothingToDo(places: [path]) }
            let text = try script(plan, path, log).text
            if let logs { try Self.makeFolder(logs) }
            guard let file = out ?? (submit ? "\(path).sh" : nil) else {
                return try LineOutput.write(whole: text)
            }
            // That of an earlier submission is as good as this.
            try WholeFile(file, replacing: force || out == nil).write(text)
            guard submit, let shell = EngineTool("bash") else { return }
            let said = try shell.output([file])
            try LineOutput.write(whole: said)
        }
    }

    private func script(_ plan: Plan, _ path: String, _ log: Logger) throws -> SlurmScript {
        let most = try maxArraySize ?? Self.clusterMaxArraySize ?? SlurmCluster.usualMaxArraySize
        var script = SlurmScript(
            program: program ?? Self.thisProgram, plan: path, recordings: plan.end.jobs,
            tasks: min(plan.end.shards, most))
        (script.partition, script.time, script.memory, script.cpus) = (partition, time, mem, cpus)
        (script.parallel, script.requeues, script.more) = (maxParallel, requeue, sbatch)
        (script.stage, script.logs) = (noStage ? nil : stage, logs.map(InputList.absolute))
        return script
    }

    private static var clusterMaxArraySize: Int? {
        get throws {
            guard let tool = EngineTool("scontrol") else { return nil }
            return try SlurmCluster.maxArraySize(tool.output(["show", "config"]))
        }
    }

    /// As nodes see it where programs are on a shared disk, or installed alike.
    private static var thisProgram: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }

    private static func makeFolder(_ path: String) throws(BatchError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .cannotWrite(path: path, reason: (error as NSError).localizedFailureReason ?? "it cannot be made")
        }
    }
}
