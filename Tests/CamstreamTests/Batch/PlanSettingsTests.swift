import ArgumentParser
import Batch
import Capture
import Encode
import Engine
import Foundation
import Glibc
import Infer
import Live
import Logging
import Overlay
import Pipeline
import TestSupport
import Testing

@testable import camstream

@Suite struct PlanSettingsTests {
    private func head(_ options: [String]) throws -> PlanHead {
        let model = options.contains("-m") ? [] : ["-m", Clips.model]
        let command = try BatchPlanCommand.parse(["clips", "--out-dir", "heat"] + model + options)
        return try PlanSettings(command.options, outDir: command.outDir, Logger(label: "test")).head
    }

    /// Others in the same file would give other maps.
    @Test func weightsBesideTheModelBelongToIt() throws {
        let model = Fixtures.model("external")
        let files = try head(["-m", model]).model.files
        #expect(files.map(\.path) == [model, model.replacing(".onnx", with: ".bin")])
        #expect(try files.map(\.sha256) == files.map { try InputStamp.checksum($0.path) })
    }

    /// It is read as the model is, and lies somewhere.
    @Test func aDetectorBelongsToThePlan() throws {
        let detector = checkout.appending(path: "Tests/Fixtures/detectors/yolox.onnx").path
        let planned = try head(["--detector", detector, "--detector-class", "class 1"])
        #expect(planned.model.detector == detector)
        #expect(planned.model.files.contains { $0.path == detector } && planned.model.files.count > 1)
        let config = try planned.config()
        #expect(config.infer.detector == detector && config.infer.detectorClasses == ["class 1"])
        // Where it lies is no matter.
        if case .object(let stages) = planned.settings, case .object(let infer)? = stages["infer"] {
            #expect(infer["detector"] == nil && infer["detector-class"] != nil)
        } else {
            Issue.record("no settings")
        }
        let error = #expect(throws: ConfigError.self) { try head(["--detector-class", "dog"]) }
        #expect(error?.description.contains("it is for --detector") == true)
    }

    @Test func aModelThatCannotBeReadIsToldWhenItIsPlanned() throws {
        let folder = try TemporaryFolder()
        let model = try folder.write("no model".utf8, to: "broken.onnx")
        #expect(throws: InferError.self) { try head(["-m", model]) }
    }

    @Test func aRunOfThePlanHasItsSettings() throws {
        let options = [
            "--method", "gradcam", "--layer", "features.29", "--class", "red", "--smoothing", "0.25", "--filter",
            "median",
            "--cam-every", "3", "--seed", "7", "--fps", "12.5", "--colormap", "viridis", "--blend", "mix", "--opacity",
            "0.35", "--layout", "side-by-side", "--labels", "top5", "--box", "--no-color-bar", "--codec", "libx264",
            "--preset", "ultrafast", "--crf", "21.5", "--out", "{stem}.mp4", "--sidecar", "{stem}.jsonl",
        ]
        let config = try head(options).config()
        var given = try Camstream.parse(["-m", Clips.model] + options).settings()
        given.encode.output = ""
        given.encode.sidecar = nil
        given.encode.force = true
        given.encode.threads = 2
        given.infer.precision = .f32
        given.infer.model = config.infer.model
        for setting in CameraConfig.settings {
            #expect(setting.isSame(config.camera, given.camera), "\(setting.key)")
        }
    }

    @Test func withoutOptionsAllButWhatMustBeFixedIsUsual() throws {
        let config = try head([]).config()
        var usual = CameraConfig()
        (usual.encode.force, usual.encode.threads, usual.infer.precision) = (true, 2, .f32)
        usual.infer.model = config.infer.model
        for setting in CameraConfig.settings { #expect(setting.isSame(config.camera, usual), "\(setting.key)") }
    }

    @Test func pathsOfResultsDoNotCountButSettingsDo() throws {
        let plain = try head([]).fingerprints
        #expect(try head(["--out", "other/{name}.mkv"]).fingerprints == plain)
        #expect(try head(["--opacity", "0.3"]).fingerprints.settings != plain.settings)
        #expect(try head(["--keep-video"]).fingerprints.settings != plain.settings)
        #expect(try head(["--opacity", "0.3"]).fingerprints.model == plain.model)
    }

    @Test func precisionAndThreadsAreFixedUnlessSomebodyFixesThem() throws {
        let config = try head([]).config()
        #expect(config.infer.precision == .f32)
        #expect(config.encode.threads == 2)
        #expect(try head(["--precision", "bf16"]).config().infer.precision == .bf16)
    }
}

@Suite struct PlanPartTests {
    @Test func thePartComesFromTheOptionElseFromTheEngine() throws {
        let part = try PlanPart(index: 2, shards: 5, environment: ["SLURM_ARRAY_TASK_ID": "3"])
        #expect((0..<5).filter(part.contains) == [2])
        for variable in ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX", "PBS_ARRAY_INDEX"]
        {
            let part = try PlanPart(index: nil, shards: 5, environment: [variable: "4"])
            #expect((0..<5).filter(part.contains) == [4])
        }
    }

    @Test func partsOfAllShardsHaveEachOnce() throws {
        let parts = try (0..<3).map { try PlanPart(index: $0, of: 3, shards: 10, environment: [:]) }
        for shard in 0..<10 { #expect(parts.count { $0.contains(shard) } == 1) }
        let all = try PlanPart(index: nil, isAll: true, shards: 10, environment: [:])
        #expect((0..<10).allSatisfy(all.contains))
    }

    @Test func aNumberThatIsNoneIsToldWithItsVariable() {
        #expect(throws: BatchError.badIndex(variable: "SLURM_ARRAY_TASK_ID", value: "x")) {
            try PlanPart(index: nil, shards: 5, environment: ["SLURM_ARRAY_TASK_ID": "x"])
        }
        #expect(throws: BatchError.noSuchShard(index: 5, shards: 5)) {
            try PlanPart(index: 5, shards: 5, environment: [:])
        }
        #expect(throws: BatchError.noIndex(variables: PlanPart.variables)) {
            try PlanPart(index: nil, shards: 5, environment: [:])
        }
    }
}

@Suite struct BatchStatusCodeTests {
    private func tally(_ change: (inout BatchRun.Tally) -> Void) -> BatchRun.Tally {
        var tally = BatchRun.Tally()
        tally.done = 1
        change(&tally)
        return tally
    }

    @Test func enginesLearnWhatToDoByTheCode() {
        #expect(BatchRunCommand.status(tally { _ in }, nil) == 0)
        #expect(BatchRunCommand.status(tally { $0.bad = 1 }, nil) == 65)
        #expect(BatchRunCommand.status(tally { $0.failed = 1 }, nil) == 75)
        // What may go well another time goes before what is bad for ever.
        #expect(BatchRunCommand.status(tally { ($0.failed, $0.bad) = (1, 1) }, nil) == 75)
        #expect(BatchRunCommand.status(tally { $0.left = 1 }, SIGTERM) == 143)
        #expect(BatchRunCommand.status(tally { $0.left = 1 }, SIGUSR1) == 75)
        #expect(BatchRunCommand.status(tally { $0.fatal = .fatal("no", exit: 64) }, SIGTERM) == 64)
        // A signal that found all done changes nothing.
        #expect(BatchRunCommand.status(tally { _ in }, SIGTERM) == 0)
    }

    @Test func errorsAreTheRecordingsTheMachinesOrTheSettings() {
        #expect(JobFailure(CaptureError.empty(input: "x")) == .badInput("\(CaptureError.empty(input: "x"))"))
        let broken = CaptureError.cannotOpen(input: "x", cause: FFmpegError(code: -EIO, function: "open"))
        #expect(JobFailure(broken) == .tryAgain("\(broken)"))
        let full = EncodeError.diskFull(path: "x")
        #expect(JobFailure(full) == .machine("\(full)"))
        #expect(JobFailure(InferError.noModel) == .fatal("\(InferError.noModel)", exit: 64))
        #expect(JobFailure(EncodeError.noFrames(path: "x")) == .badInput("it has no picture"))
        #expect(JobFailure(CaptureError.interrupted) == .stopped)
    }

    @Test func whatAServerRefusesIsBadAndWhatItCannotDoNowIsNot() {
        func unreachable(_ digits: String) -> JobFailure {
            let code = -digits.utf8.enumerated().reduce(Int32(0xF8)) {
                $0 | Int32($1.element) << Int32(8 * ($1.offset + 1))
            }
            return JobFailure(CaptureError.unreachable(input: "x", cause: FFmpegError(code: code, function: "open")))
        }
        for digits in ["404", "403", "401"] {
            if case .badInput = unreachable(digits) {} else { Issue.record("\(digits)") }
        }
        for digits in ["5XX", "4XX"] {
            if case .tryAgain = unreachable(digits) {} else { Issue.record("\(digits)") }
        }
    }

    @Test func recordingsAtATimeFitCoresAndMemory() {
        #expect(Parallelism.count(cores: 8, memory: 64 << 30) == 8)
        #expect(Parallelism.count(cores: 8, memory: 1 << 30) == 2)
        #expect(Parallelism.count(cores: 8, memory: 1 << 20) == 1)
    }
}
