import ArgumentParser
import Foundation
import Serve
import TestSupport
import Testing

@testable import camstream

struct SettingsPagesTests {
    /// With CAMSTREAM_UPDATE_DOCS=1 the files are written instead, `make settings-docs`.
    @Test(arguments: ["configs/file.yaml", "docs/reference/settings.md", "docs/reference/event.schema.json"])
    func whatIsMadeOfTheSettingsDescriptionsIsUpToDate(name: String) throws {
        let path = checkout.appending(path: name)
        let made =
            switch name {
            case "configs/file.yaml": SettingsPages.example
            case "docs/reference/event.schema.json": SettingsPages.eventSchema
            default: SettingsPages.page
            }
        if ProcessInfo.processInfo.environment["CAMSTREAM_UPDATE_DOCS"] == "1" {
            try made.write(to: path, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: path, encoding: .utf8) == made, "make settings-docs writes it")
    }

    @Test func everyOptionThatIsASettingReachesIt() throws {
        let arguments: [String: [String]] = [
            "size": ["--size", "64x48"], "frame-rate": ["--fps", "5"],
            "pixel-format": ["--pixel-format", "MJPG"], "model": ["--model", "m.onnx"], "card": ["--card", "c.yaml"],
            "output-tensor": ["--output-tensor", "o"], "class": ["--class", "cat"], "method": ["--method", "cam"],
            "channels": ["--channels", "3"], "samples": ["--samples", "7"], "seed": ["--seed", "9"],
            "methods": ["--methods", "cam,fem"], "layer": ["--layer", "-1,-2"],
            "evaluated": ["--evaluated", "report.json"], "fuse": ["--fuse", "max"],
            "device": ["--device", "AUTO"],
            "precision": ["--precision", "f32"],
            "filter": ["--filter", "median"], "smoothing": ["--smoothing", "3"], "scale": ["--scale", "frame"],
            "motion": ["--motion", "off"], "cam-every": ["--cam-every", "2"],
            "region": ["--region", "0,0,0.5,1"],
            "inference-rate": ["--inference-rate", "5"], "label-floor": ["--label-floor", "0.5"],
            "versus": ["--versus", "tabby"], "teach": ["--teach", "desk"],
            "min-score": ["--min-score", "0.5"], "max-boxes": ["--max-boxes", "5"], "overlap": ["--overlap", "0.7"],
            "track": ["--track", "off"], "heat": ["--heat", "sum"], "crop-margin": ["--crop-margin", "0.3"],
            "detector": ["--detector", "d.onnx"], "detector-class": ["--detector-class", "dog,cat"],
            "layout": ["--layout", "grid"], "colormap": ["--colormap", "jet"], "blend": ["--blend", "mix"],
            "opacity": ["--opacity", "0.1"], "labels": ["--labels", "top5"], "box": ["--box"],
            "color-bar": ["--no-color-bar"], "enlarge": ["--no-enlarge"], "output": ["--out", "o.mp4"],
            "sidecar": ["--sidecar", "s.jsonl"], "maps": ["--maps", "m.npz"], "codec": ["--codec", "ffv1"],
            "keep-video": ["--keep-video"], "report": ["--report", "r.html"], "dwell": ["--dwell", "d.png"],
            "preset": ["--preset", "slow"], "crf": ["--crf", "3"], "force": ["--force"], "live": ["--live"],
            "wait": ["--wait"], "segment": ["--segment", "1m"], "keep": ["--keep", "2d"],
            "max-bytes": ["--max-bytes", "1G"], "listen": ["--listen", "*:1"], "token-file": ["--token-file", "t"],
            "user-file": ["--user-file", "u"], "insecure": ["--insecure"], "tls-cert": ["--tls-cert", "c"],
            "tls-key": ["--tls-key", "k"], "read-only": ["--read-only"],
            "push": ["--push", "rtsp://host/a", "--push", "srt://host:9000"], "events": ["--events", "e.jsonl"],
            "mqtt": ["--mqtt", "mqtt://b"],
        ]
        var base = Config()
        base.serve = .init()
        for (key, words) in arguments {
            let options = try Camstream.parse(words)
            #expect(GivenOptions(options).keys == [key])
            var config = base
            options.apply(to: &config)
            #expect(config != base, "\(words) changes nothing")
        }
        // Every option of the settings' list is among them.
        let options = SettingsPages.optionNames
        for row in SettingsPages.sections.flatMap(\.rows) where options.contains(row.option) {
            // Those that can be given again and again are put there by `Options`.
            let key = ["--events": "events", "--mqtt": "mqtt"][row.option] ?? row.key
            #expect(arguments[key] != nil || ["controls", "input"].contains(row.key), "\(row.option)")
        }
        #expect(try GivenOptions(Camstream.parse([])).keys.isEmpty)
    }
}
