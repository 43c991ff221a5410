import ArgumentParser
import Capture
import Encode
import Engine
import Foundation
import Infer
import Live
import Overlay
import Pipeline
import Serve
import TestSupport
import Testing
import Tracking

@testable import camstream

struct ConfigTests {
    private func decode(_ text: String) throws -> Config {
        try YAMLFile.decode(Config.self, text: text, name: "c.yaml")
    }

    @Test func everyExampleIsValid() throws {
        let folder = checkout.appendingPathComponent("configs")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
        #expect(files.count >= 3)
        for file in files {
            var config = try YAMLFile.decode(Config.self, path: folder.appendingPathComponent(file).path)
            config.capture.input = "clip.mp4"
            try config.validate()
        }
    }

    @Test func theExampleOfAllSettingsShowsTheDefaults() throws {
        let path = checkout.appendingPathComponent("configs/file.yaml").path
        let (shown, defaults) = (try YAMLFile.decode(Config.self, path: path), Config())
        #expect(shown.capture == defaults.capture)
        #expect(shown.infer == defaults.infer)
        #expect(shown.overlay == defaults.overlay)
        #expect(shown.encode == defaults.encode)
    }

    /// The commented lines of an example are settings, too: with the marks taken off, all of them decode.
    private func uncommented(_ name: String) throws -> Config {
        let path = checkout.appendingPathComponent("configs/\(name).yaml").path
        let keys = Set(SettingsPages.sections.flatMap(\.rows).map(\.key))
        let text = try String(contentsOfFile: path, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in
                if let key = line.firstMatch(of: /^  # ([a-z-]+):/)?.1, keys.contains(String(key)) {
                    return "  " + line.dropFirst(4)
                }
                let isCommented = line.firstMatch(of: /^# (serve|mqtt|  [a-z-]+):/) != nil
                return isCommented ? String(line.dropFirst(2)) : String(line)
            }
            .joined(separator: "\n")
        return try decode(text)
    }

    @Test func theExampleOfAllSettingsKnowsEveryKey() throws {
        let config = try uncommented("file")
        #expect(config.capture.input == "clip.mp4" && config.encode.sidecar == "out.jsonl")
        #expect(config.infer.explainedClass == "Egyptian cat" && config.infer.scale == .running)
        #expect(config.overlay.font == "DejaVu Sans")
        // What the defaults are, and those that there are none of.
        var server = ServeConfig()
        (server.tokenFile, server.userFile) = ("tokens", "users")
        (server.tlsCertificate, server.tlsKey) = ("cert.pem", "key.pem")
        #expect(config.serve == server)
    }

    @Test func theExampleOfAServiceKnowsEveryKey() throws {
        let config = try uncommented("service")
        #expect(config.capture.wait && config.infer.model == "resnet18")
        #expect(config.encode.output == "%Y-%m-%d_%H-%M-%S.mp4" && config.encode.maxBytes != nil)
        #expect(config.serve?.listen == "127.0.0.1:8090" && config.serve?.tlsCertificate == "/etc/camstream/cert.pem")
    }

    @Test(arguments: [
        (
            "overlay: {opactiy: 1}",
            "c.yaml: unknown setting 'overlay.opactiy'; did you mean 'opacity'? Allowed here: layout, colormap, blend, opacity, labels, box, "
                + "color-bar, enlarge, font"
        ),
        (
            "encoder: {}",
            "c.yaml: unknown setting 'encoder'; did you mean 'encode'? Allowed here: capture, infer, detect, overlay, encode, "
                + "defaults, cameras, serve, events, mqtt, on"
        ),
        (
            "infer: {precision: bf61}",
            "c.yaml: infer.precision cannot be 'bf61'; did you mean 'bf16'? Allowed: auto, f32, bf16, f16"
        ),
        (
            "infer: {device: 'the GPU'}",
            "c.yaml: infer.device cannot be 'the GPU'; allowed: CPU, GPU, GPU.1, NPU, AUTO, or a list of the engine such as "
                + "AUTO:GPU,CPU"
        ),
        ("infer: {motion: on}", "c.yaml: infer.motion cannot be 'on'; allowed: auto, off"),
        ("infer: {filter: kalman}", "c.yaml: infer.filter cannot be 'kalman'; allowed: exponential, one-euro, median"),
        (
            "infer: {scale: 'fixed:3,1'}",
            "c.yaml: infer.scale cannot be 'fixed:3,1'; allowed: frame, running, or fixed:LO,HI with LO below HI, such as "
                + "fixed:0,12"
        ),
        ("infer: {smoothing: fast}", "c.yaml: infer.smoothing must be a number"),
        ("capture: {size: 720p}", "c.yaml: capture.size cannot be '720p'; allowed: WIDTHxHEIGHT, such as 1280x720"),
        (
            "capture: {controls: [brightness]}",
            "c.yaml: capture.controls cannot be 'brightness'; allowed: NAME=VALUE, such as brightness=128"
        ),
        ("overlay: {box: 7}", "c.yaml: overlay.box must be true or false"),
    ])
    func aMistakeNamesFileKeyValueAndWhatIsAllowed(text: String, message: String) {
        let error = #expect(throws: ConfigError.self) { try decode(text) }
        #expect(error?.description == message)
    }

    @Test(arguments: [
        ("infer: {cam-every: 0}", "infer.cam-every cannot be '0'; allowed: 1 to 30 frames, or auto"),
        ("infer: {smoothing: -1}", "infer.smoothing cannot be '-1.0'; allowed: 0 to 60 seconds"),
        ("overlay: {opacity: 1.5}", "overlay.opacity cannot be '1.5'; allowed: 0 to 1"),
        ("encode: {crf: 99}", "encode.crf cannot be '99.0'; allowed: 0 to 63, lower is better"),
    ])
    func aValueOutOfRangeNamesWhatIsAllowed(text: String, message: String) throws {
        var config = try decode(text)
        config.capture.input = "clip.mp4"
        let error = #expect(throws: ConfigError.self) { try config.validate() }
        #expect(error?.description == message)
    }

    @Test func aCamerasModeAndControlsStandInTheFile() throws {
        let text = "capture: {size: 1280x720, pixel-format: MJPG, frame-rate: 15, controls: [brightness=3, Gain = 7]}"
        var config = try decode(text)
        #expect(config.capture.size == PictureSize(width: 1280, height: 720) && config.capture.pixelFormat == "MJPG")
        #expect(config.capture.controls == ["brightness=3", "gain=7"].compactMap { ControlSetting($0) })
        let options = try Camstream.parse(["--size", "640x480", "--fps", "5", "--control", "gain=9"])
        options.apply(to: &config)
        #expect(config.capture.size == PictureSize(width: 640, height: 480) && config.capture.frameRate == 5)
        // Set last, it wins.
        #expect(config.capture.controls.last == ControlSetting("gain=9"))
    }

    @Test func theScaleSuitsWhatIsShown() throws {
        #expect(CameraConfig().usualScale() == .running && CameraConfig().usualScale(ofStill: true) == .frame)
        #expect(try decode("overlay: {layout: grid}").camera.usualScale() == .frame)
    }

    @Test func optionsWinOverTheFile() throws {
        var config = try decode("overlay: {opacity: 0.3, colormap: jet}\ninfer: {smoothing: 2}")
        let options = try Camstream.parse([
            "--opacity", "0.9", "--no-color-bar", "--no-enlarge", "--class", "cat", "--filter", "median", "--scale",
            "fixed:0,9",
            "--motion", "off", "--cam-every", "4",
        ])
        options.apply(to: &config)
        #expect(config.overlay.opacity == 0.9 && config.overlay.colormap.rawValue == "jet")
        #expect(!config.overlay.colourBar && !config.overlay.enlarge && config.infer.smoothing == 2)
        #expect(config.infer.explainedClass == "cat")
        #expect(config.infer.filter == .median && config.infer.scale == .fixed(low: 0, high: 9))
        #expect(config.infer.motion == .off && config.infer.camEvery == 4)
    }

    @Test func theProgressLineShowsCountsRateTimeLeftAndClass() {
        #expect(
            ProgressLine.text(frames: 120, total: 300, seconds: 2, label: "Egyptian cat")
                == "120/300 frames  40 %  60 fps  ETA 0:03  Egyptian cat")
        #expect(ProgressLine.text(frames: 7, total: nil, seconds: 0, label: nil) == "7 frames  0 fps")
    }
}
