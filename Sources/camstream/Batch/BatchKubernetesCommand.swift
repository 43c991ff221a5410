import ArgumentParser
import Batch
import Encode
import Foundation
import Logging
import Pipeline

/// `camstream batch kubernetes`.
struct BatchKubernetesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kubernetes", abstract: "Write the manifest of the Indexed Job that does a plan on Kubernetes.",
        discussion: """
            Volumes hold the plan, the recordings, the results and, unless the image has it, the model, under the paths that \
            they have here. Delete the job and apply it again to do what is left: what is done is skipped.

            Examples:
              camstream batch kubernetes jobs.jsonl --image registry/camstream:1 --volume survey:/data > job.yaml
              camstream batch kubernetes jobs.jsonl --image registry/camstream:1 --volume clips:/clips:ro --volume heat:/heat \
            --user 1000:1000 --cpus 4 --mem 8Gi --out job.yaml
            """)

    @Argument(help: "Plan that 'camstream batch plan' wrote.")
    var plan: String

    @Option(help: "Container image with camstream of the plan's version.")
    var image: String

    @Option(
        help: "Claim of a volume, and its path, as in survey:/data or clips:/clips:ro. May be given several times.")
    var volume: [String]

    @Option(help: "Name of the job; by default one for each plan.")
    var name: String?

    @Option(help: "Tasks at a time.")
    var parallelism = 32

    @Option(help: "How many tasks the plan's shards are dealt out to, at most.")
    var maxTasks = KubernetesJob.mostTasks

    @Option(help: "How often a task that is to be tried again is.")
    var retries = 5

    @Option(help: "Cores of a task, and recordings that it does at a time.")
    var cpus = 2

    @Option(help: "Memory of a task, as Kubernetes has it.")
    var mem = "4Gi"

    @Option(help: "Size of a task's own folder, for what is compiled of the model, as Kubernetes has it.")
    var scratch = "2Gi"

    @Option(help: "Number of the user that tasks run as, and of the group, as in 1000:1000; by default the image's.")
    var user: String?

    @Option(name: .shortAndLong, help: "File for the manifest.")
    var out: String?

    @Flag(name: .shortAndLong, help: "Replace a file that is there.")
    var force = false

    func run() throws {
        let log = Main.openLog(quiet: false)
        try Main.perform(log) {
            let path = InputList.absolute(plan)
            let plan = try Plan(path: path)
            try plan.check(version: Camstream.version)
            guard plan.end.jobs > 0 else { throw BatchError.nothingToDo(places: [path]) }
            let text = try job(plan, path).text(results: plan.head.folder)
            if let out { return try WholeFile(out, replacing: force).write(text) }
            try LineOutput.write(whole: text)
        }
    }

    private func job(_ plan: Plan, _ path: String) throws -> KubernetesJob {
        var job = KubernetesJob(
            name: name ?? KubernetesJob.name(plan: path), image: image, plan: path,
            tasks: min(plan.end.shards, maxTasks),
            volumes: try volume.map { text throws(BatchError) in try PodVolume(text) })
        (job.parallel, job.retries, job.cpu, job.memory, job.scratch) = (parallelism, retries, cpus, mem, scratch)
        if let user {
            let parts = user.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
            guard (1...2).contains(parts.count), !parts.contains(nil) else {
                throw BatchError.badOption(option: "--user", value: user, problem: "write it as 1000 or 1000:1000")
            }
            job.user = parts[0]
            job.group = parts.count > 1 ? parts[1] : nil
        }
        return job
    }
}
