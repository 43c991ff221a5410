import Foundation
import TestSupport
import Testing

@testable import Batch

struct KubernetesJobTests {
    private static func plain() throws -> KubernetesJob {
        KubernetesJob(
            name: "camstream-1234abcd", image: "registry.example/camstream:1.2", plan: "/data/jobs.jsonl", tasks: 40,
            volumes: [try PodVolume("survey:/data"), try PodVolume("clips:/clips:ro")])
    }

    /// As Tests/Kubernetes/check.py puts it beside Kubernetes' schema.
    @Test func theManifestIsAsExpected() throws {
        var job = try Self.plain()
        (job.user, job.group) = (1000, 100)
        let golden = checkout.appendingPathComponent("Tests/Fixtures/batch/job.yaml")
        #expect(try job.text(results: "/data/heat") == String(contentsOf: golden, encoding: .utf8))
    }

    @Test func namesThatYAMLAndKubernetesReadOtherwiseAreQuoted() throws {
        var job = try Self.plain()
        job.plan = "/data/it's \"a\": plan # $(HOME) \\ {x}.jsonl"
        let lines = try job.text(results: "/data").split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }
        #expect(
            lines.contains(
                #"command: ["camstream", "batch", "run", "--of", "40", "--jobs", "2", "--", "/data/it's \"a\": plan # $$(HOME) \\ {x}.jsonl"]"#
            ))
    }

    @Test func noMoreTasksRunThanThereAre() throws {
        var job = try Self.plain()
        job.tasks = 3
        #expect(try job.text(results: "/data").contains("completions: 3\n  parallelism: 3\n"))
    }

    @Test(arguments: [
        ("survey:/data", "survey", "/data", false), ("a.b-c:/data/x/:ro", "a.b-c", "/data/x", true),
    ]) func aVolumeIsAClaimAndAPath(text: String, claim: String, path: String, isReadOnly: Bool) throws {
        let volume = try PodVolume(text)
        #expect((volume.claim, volume.path, volume.isReadOnly) == (claim, path, isReadOnly))
    }

    @Test(arguments: [
        "/data", "survey", "survey:data", "survey:/", "Survey:/data", ":/data", "a:/b:c", "a:/b\nc", "-a:/b",
    ])
    func whatIsNoVolumeIsRefused(text: String) {
        let error = #expect(throws: BatchError.self) { try PodVolume(text) }
        if case .badOption("--volume", text, _)? = error { return }
        Issue.record("\(String(describing: error))")
    }

    @Test func aVolumeHoldsWhatIsBelowItsPath() throws {
        let volume = try PodVolume("survey:/data")
        #expect(volume.holds("/data/x") && volume.holds("/data"))
        #expect(!volume.holds("/database/x"))
    }

    @Test func thePlanAndTheResultsMustBeInVolumes() throws {
        let job = try Self.plain()
        #expect(throws: BatchError.outsideVolumes(path: "/heat", words: "the folder of the results")) {
            try job.text(results: "/heat")
        }
        var other = job
        other.plan = "/home/jobs.jsonl"
        let moved = other
        #expect(throws: BatchError.outsideVolumes(path: "/home/jobs.jsonl", words: "the plan")) {
            try moved.text(results: "/data")
        }
        let error = #expect(throws: BatchError.self) { try job.text(results: "/clips/heat") }
        guard case .badOption("--volume", "clips:/clips:ro", _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: UnfitJob.all) fileprivate func whatKubernetesWouldRefuseIsRefusedHere(_ unfit: UnfitJob) throws {
        var job = try Self.plain()
        unfit.change(&job)
        let changed = job
        let error = #expect(throws: BatchError.self) { try changed.text(results: "/data") }
        if case .badOption(unfit.option, _, _)? = error { return }
        Issue.record("\(String(describing: error))")
    }
}

private struct UnfitJob: Sendable, CustomTestStringConvertible {
    let option: String
    let change: @Sendable (inout KubernetesJob) -> Void

    init(_ option: String, _ change: @escaping @Sendable (inout KubernetesJob) -> Void) {
        (self.option, self.change) = (option, change)
    }

    var testDescription: String { option }

    static let all = [
        UnfitJob("--name") { $0.name = "Camstream" },
        UnfitJob("--name") { $0.name = String(repeating: "a", count: 51) },
        UnfitJob("--image") { $0.image = "a b" },
        UnfitJob("--image") { $0.image = "" },
        UnfitJob("--mem") { $0.memory = "4 Gi" },
        UnfitJob("--scratch") { $0.scratch = "" },
        UnfitJob("--parallelism") { $0.parallel = 0 },
        UnfitJob("--cpus") { $0.cpu = 0 },
        UnfitJob("--retries") { $0.retries = -1 },
        UnfitJob("--user") { $0.user = 0 },
        UnfitJob("--max-tasks") { $0.tasks = 100_001 },
        UnfitJob("--volume") { $0.volumes.append($0.volumes[0]) },
        UnfitJob("--volume") { $0.volumes[0].path = "/scratch" },
    ]
}
