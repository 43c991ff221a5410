import ArgumentParser
import Capture
import Encode
import Infer
import Live
import Overlay
import Pipeline
import TestSupport
import Testing

@testable import camstream

struct CamerasConfigTests {
    private func decode(_ text: String) throws -> Config {
        try YAMLFile.decode(Config.self, text: text, name: "c.yaml")
    }

    @Test func camerasTakeTheDefaultsAndSayWhatIsDifferent() throws {
        let config = try decode(
            """
            defaults:
              capture: {timeout: 3}
              infer: {smoothing: 1, inference-rate: 5}
              overlay: {opacity: 0.2}
              encode: {output: "/rec/{camera}/%H.mp4", sidecar: "{camera}.jsonl", segment: 10m}
            cameras:
              yard: {capture: {input: a.mp4}, infer: {smoothing: 2}}
              door: {capture: {input: b.mp4, timeout: 4}, required: false}
            """)
        #expect(config.cameras.map(\.name) == ["yard", "door"], "the file's order")
        let (yard, door) = (config.cameras[0], config.cameras[1])
        #expect(yard.isRequired && !door.isRequired)
        #expect(yard.config.capture.input == "a.mp4" && yard.config.capture.timeout == 3)
        #expect(door.config.capture.input == "b.mp4" && door.config.capture.timeout == 4)
        #expect(yard.config.infer.smoothing == 2 && yard.config.infer.inferenceRate == 5)
        #expect(door.config.infer.smoothing == 1 && door.config.overlay.opacity == 0.2)
        #expect(yard.config.encode.output == "/rec/yard/%H.mp4" && door.config.encode.sidecar == "door.jsonl")
    }

    @Test func aConfigWithoutNamesIsOneCamera() throws {
        let config = try decode("capture: {input: a.mp4}")
        #expect(config.cameras == [NamedCamera(config.camera)] && config.cameras[0].name.isEmpty)
    }

    @Test(arguments: [
        (
            "cameras: {door: {capture: {inptu: a}}}",
            "c.yaml: unknown setting 'cameras.door.capture.inptu'; did you mean 'input'?"
        ),
        ("cameras: {door: {capture: {live: 3}}}", "c.yaml: cameras.door.capture.live must be true or false"),
        ("cameras: {door: {serve: {}}}", "c.yaml: unknown setting 'cameras.door.serve'"),
        ("cameras: {door: {required: 7}}", "c.yaml: cameras.door.required must be true or false"),
        ("cameras: {door: 7}", "c.yaml: cameras.door must be keys with values"),
        (
            "defaults: {infer: {method: magic}}\ncameras: {door: {capture: {input: a}}}",
            "c.yaml: defaults.infer.method cannot be 'magic'"
        ),
        (
            "cameras: {Front: {capture: {input: a}}}",
            "c.yaml: a name below cameras cannot be 'Front'; allowed: 1 to 63 of a-z, 0-9, - and _"
        ),
        ("cameras: {}", "c.yaml: a camera below cameras is missing"),
        (
            "capture: {input: a}\ncameras: {door: {}}",
            "c.yaml: capture cannot stand here: beside cameras, what holds for all of them is written below defaults"
        ),
        ("defaults: {}", "c.yaml: defaults cannot stand here: it holds for those of cameras, and there are none"),
        ("cameras:\n  door: {}\n  door: {}", "c.yaml: not valid YAML: line 2: keys stand there twice: door"),
    ])
    func whatIsWrongNamesTheCameraAndTheKey(text: String, message: String) {
        do {
            _ = try decode(text)
            Issue.record("no error")
        } catch {
            #expect("\(error)".hasPrefix(message), "\(error)")
        }
    }

    @Test(arguments: [
        (
            "cameras: {door: {capture: {input: a, timeout: 0}}}",
            "cameras.door.capture.timeout cannot be '0.0'; allowed: above 0, at most 3600 seconds"
        ),
        (
            "cameras: {door: {overlay: {labels: none}}}",
            "cameras.door.capture.input cannot be ''; allowed: a file"
        ),
        (
            "defaults: {overlay: {opacity: 7}}\ncameras: {door: {capture: {input: a}}}",
            "defaults.overlay.opacity cannot be '7.0'; allowed: 0 to 1"
        ),
        (
            "cameras:\n  a: {capture: {input: x}, encode: {output: o.mp4}}\n"
                + "  b: {capture: {input: y}, encode: {output: ./o.mp4}}",
            "cameras.b.encode.output cannot be './o.mp4'; allowed: another file than the output of camera a"
        ),
        (
            "cameras:\n  a: {capture: {input: x}, encode: {output: '/no/%Y/%H.mp4'}}\n"
                + "  b: {capture: {input: y}, encode: {output: '/no/%Y/%M.mp4'}}",
            "cameras.b.encode.output cannot be '/no/%Y/%M.mp4'; allowed: other files than the output of camera a"
        ),
        (
            "cameras:\n  a: {capture: {input: x}, encode: {output: o.mp4, sidecar: s.jsonl}}\n"
                + "  b: {capture: {input: y}, encode: {sidecar: s.jsonl}}",
            "cameras.b.encode.sidecar cannot be 's.jsonl'; allowed: another file than the sidecar of camera a"
        ),
    ])
    func whatIsOutOfRangeNamesTheCameraAndTheKey(text: String, message: String) throws {
        let config = try decode(text)
        do {
            try config.validate()
            Issue.record("no error")
        } catch {
            #expect("\(error)".hasPrefix(message), "\(error)")
        }
    }

    @Test func camerasInFoldersOfTheirOwnMayHaveTheSamePattern() throws {
        try decode(
            """
            defaults: {encode: {output: "/no/{camera}/%Y/%H.mp4", segment: 10m}}
            cameras: {a: {capture: {input: x}}, b: {capture: {input: x}}}
            """
        ).validate()
        try decode(
            """
            cameras:
              a: {capture: {input: x}, encode: {output: "/no/a-%H.mp4", segment: 10m}}
              b: {capture: {input: x}, encode: {output: "/no/b-%H.mp4", segment: 10m}}
            """
        ).validate()
    }

    @Test func severalInputsAreCamerasAndOptionsHoldForAll() throws {
        let config = try Camstream.parse([
            "-i", "a.mp4", "--input", "b.mp4", "--inference-rate", "4", "--opacity", "0.3",
        ]).settings()
        #expect(config.cameras.map(\.name) == ["camera1", "camera2"])
        #expect(config.cameras.map(\.config.capture.input) == ["a.mp4", "b.mp4"])
        for camera in config.cameras {
            #expect(camera.config.infer.inferenceRate == 4 && camera.config.overlay.opacity == 0.3)
        }
        let one = try Camstream.parse(["-i", "a.mp4"]).settings()
        #expect(one.named.isEmpty && one.capture.input == "a.mp4")
    }

    @Test func anInputBesideTheConfigFilesCamerasIsAnErrorInOneLine() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("c.yaml")
        _ = try folder.write("cameras: {door: {capture: {input: a}}}".utf8, to: "c.yaml")
        do {
            _ = try Camstream.parse(["--config", path, "-i", "rtsp://me:secret@host/"]).settings()
            Issue.record("no error")
        } catch {
            #expect("\(error)".contains("the config file names the cameras") && !"\(error)".contains("secret"))
        }
    }
}
