import ArgumentParser
import Capture
import Foundation
import Infer
import Pipeline
import TestSupport
import Testing

@testable import camstream

/// What messages call settings.
struct SettingNamesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// What is said of the settings that the options and the file come to.
    private func message(_ arguments: [String], file: String? = nil) throws -> String {
        let path = try file.map { try folder.write($0.utf8, to: "c.yaml") }
        let options = try Camstream.parse(arguments + (path.map { ["--config", $0] } ?? []))
        let error = #expect(throws: ConfigError.self) {
            let config = try options.settings()
            try config.validate()
            try config.checkComparison()
        }
        let named = "\(SettingNames(options, file: path).named(try #require(error)))"
        return path.map { named.replacing($0, with: "c.yaml") } ?? named
    }

    @Test(arguments: [
        (["--opacity", "2"], "--opacity cannot be '2.0'; allowed: 0 to 1"),
        (["--fps", "0"], "--fps cannot be '0.0'; allowed: 0.001 to 1000"),
        (["-o", "o.mp4", "--sidecar", "o.mp4"], "--sidecar cannot be 'o.mp4'; allowed: another file than the output"),
        (["--keep", "7d"], "--keep cannot be '7d'; allowed: only together with --segment, such as 10m"),
        (["--segment", "1h", "--keep", "10m"], "--keep cannot be '10m'; allowed: at least --segment, 1h"),
        (["--listen", "here"], "--listen cannot be 'here'; allowed: host:port"),
        (["--mqtt", "http://b"], "--mqtt cannot be 'http://b'; allowed: mqtt://host:port"),
        (["--teach", "Desk"], "--teach cannot be 'Desk'; allowed: 1 to 63"),
        (["--teach", "desk", "--serve", "--layer", "-2"], "--layer cannot be '-2'; allowed: none with --teach, which"),
        (["--detector-class", "dog"], "--detector-class cannot stand here: it is for --detector"),
        (["-i", "a", "-i", "b", "-o", "o.mp4"], "--out cannot be 'o.mp4'; allowed: another file than"),
    ])
    func whatWasTypedIsNamed(arguments: [String], start: String) throws {
        let message = try message((arguments.contains("-i") ? [] : ["-i", "clip.mp4"]) + arguments)
        #expect(message.hasPrefix(start), "\(message)")
    }

    @Test(arguments: [
        (["overlay:", "  box: true", "  opacity: 2"], "c.yaml:3: overlay.opacity cannot be '2.0'; allowed: 0 to 1"),
        (["encode:", "  keep: 7d"], "c.yaml:2: encode.keep cannot be '7d'; allowed: only together with --segment"),
        (
            ["cameras:", "  a: {capture: {input: x}, encode: {crf: 99}}"],
            "c.yaml:2: cameras.a.encode.crf cannot be '99.0'"
        ),
        (["defaults: {overlay: {opacity: 7}}", "cameras: {a: {}}"], "c.yaml:1: defaults.overlay.opacity cannot be"),
        (["serve:", "  quality: 0"], "c.yaml:2: serve.quality cannot be '0'"),
        (["overlay:", "  alhpa: 1"], "c.yaml:2: unknown setting 'overlay.alhpa'"),
        (["on:", "- class: dog", "  do: {record: often}"], "c.yaml:3: on.0.do.record cannot be 'often'"),
    ])
    func whatAFileSaysIsNamedByKeyAndLine(lines: [String], start: String) throws {
        let message = try message(
            ["-i", "clip.mp4"].filter { _ in !lines.joined().contains("cameras") }, file: lines.joined(separator: "\n"))
        #expect(message.hasPrefix(start), "\(message)")
    }

    @Test func theOptionWinsWhereBothSaySomething() throws {
        let message = try message(["-i", "clip.mp4", "--opacity", "3"], file: "overlay: {opacity: 0.5}")
        #expect(message.hasPrefix("--opacity cannot be '3.0'"), "\(message)")
    }

    @Test func aSettingThatNobodyNamedIsCalledByItsOption() throws {
        let message = try message(["-i", "clip.mp4", "--layout", "compare", "--teach", "desk", "--serve"])
        #expect(message.hasPrefix("--layout cannot be 'compare'; allowed: another layout with --teach"), "\(message)")
    }

    @Test func otherErrorsStayAsTheyAre() throws {
        let names = SettingNames(try Camstream.parse(["--opacity", "2"]))
        #expect("\(names.named(InferError.noModel))" == InferError.noModel.description)
        let card = ConfigError.inFile(path: "card.yaml", .missing(key: "overlay.opacity"))
        #expect("\(names.named(card))" == "card.yaml: overlay.opacity is missing")
        let size = CaptureError.onlyOfCameras(input: "clip.mp4", setting: "frame-rate")
        #expect("\(names.named(size))".hasPrefix("--fps cannot stand here: it is for cameras"))
    }
}
