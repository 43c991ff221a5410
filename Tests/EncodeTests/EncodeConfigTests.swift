import Encode
import Foundation
import Pipeline
import Testing

@Suite struct EncodeConfigTests {
    private func decode(_ text: String) throws -> EncodeConfig {
        try JSONDecoder().decode(EncodeConfig.self, from: Data(text.utf8))
    }

    @Test func nothingGivenMeansTheDefaults() throws {
        #expect(try decode("{}") == EncodeConfig())
        #expect(throws: Never.self) { try EncodeConfig().validate() }
    }

    @Test func allKeysAreRead() throws {
        let config = try decode(
            """
            {"output": "out.mkv", "codec": "libx265", "preset": "slow", "crf": 18.5, "quality": 80, "threads": 2,
             "force": true, "copy-streams": false, "keep-video": true, "options": ["tune=grain"], "sidecar": "out.jsonl", "maps": "out.npz",
             "report": "seen.html",
             "segment": "10m", "keep": "7d", "max-bytes": "20G"}
            """)
        var wanted = EncodeConfig()
        wanted.output = "out.mkv"
        wanted.codec = "libx265"
        wanted.preset = "slow"
        wanted.crf = 18.5
        wanted.quality = 80
        wanted.threads = 2
        wanted.force = true
        wanted.copyStreams = false
        wanted.keepVideo = true
        wanted.options = ["tune=grain"]
        wanted.sidecar = "out.jsonl"
        wanted.maps = "out.npz"
        wanted.report = "seen.html"
        wanted.segment = TimeSpan(seconds: 600)
        wanted.keep = TimeSpan(seconds: 7 * 86_400)
        wanted.maxBytes = DataSize(bytes: 20 << 30)
        #expect(config == wanted)
        #expect(throws: Never.self) { try config.validate() }
    }

    @Test func aMisspeltKeyIsNamed() {
        #expect(
            throws: ConfigError.unknownKey(
                key: "copyStreams",
                allowed: [
                    "output", "codec", "preset", "crf", "quality", "threads", "force", "copy-streams", "keep-video",
                    "options",
                    "sidecar", "maps", "report", "dwell", "segment", "keep", "max-bytes", "push",
                    "push-required",
                ])
        ) { try decode(#"{"copyStreams": true}"#) }
    }

    @Test(arguments: [
        (#"{"crf": 64}"#, "encode.crf cannot be '64.0'; allowed: 0 to 63, lower is better"),
        (#"{"crf": -1}"#, "encode.crf cannot be '-1.0'; allowed: 0 to 63, lower is better"),
        (#"{"quality": 0}"#, "encode.quality cannot be '0'; allowed: 1 to 100"),
        (#"{"quality": 101}"#, "encode.quality cannot be '101'; allowed: 1 to 100"),
        (#"{"threads": -1}"#, "encode.threads cannot be '-1'; allowed: 0 (automatic) to 64"),
        (#"{"options": ["tune"]}"#, "encode.options cannot be 'tune'; allowed: key=value, such as tune=film"),
        (#"{"options": ["=film"]}"#, "encode.options cannot be '=film'; allowed: key=value, such as tune=film"),
        (#"{"codec": ""}"#, "encode.codec cannot be ''; allowed: an encoder's name, such as libx264"),
        (#"{"sidecar": ""}"#, "encode.sidecar cannot be ''; allowed: a file name, such as out.jsonl"),
        (
            #"{"maps": "maps.npy"}"#,
            "encode.maps cannot be 'maps.npy'; allowed: a file name that ends in .npz, such as maps.npz"
        ),
        (
            #"{"report": "seen.txt"}"#,
            "encode.report cannot be 'seen.txt'; allowed: a file name that ends in .html, such as seen.html"
        ),
        (#"{"keep": "7d"}"#, "encode.keep cannot be '7d'; allowed: only together with encode.segment, such as 10m"),
        (
            #"{"max-bytes": "20G"}"#,
            "encode.max-bytes cannot be '20 GB'; allowed: only together with encode.segment, such as 10m"
        ),
        (#"{"segment": "1h", "keep": "10m"}"#, "encode.keep cannot be '10m'; allowed: at least encode.segment, 1h"),
    ])
    func aValueOutOfRangeIsNamed(text: String, message: String) throws {
        let config = try decode(text)
        var failure: ConfigError?
        do throws(ConfigError) { try config.validate() } catch { failure = error }
        #expect(failure?.description == message)
    }

    @Test(arguments: [
        (
            #"{"segment": "10"}"#,
            "segment cannot be '10'; allowed: a number and s, m, h, d or w, such as 90s, 10m or 7d"
        ),
        (
            #"{"segment": "0s"}"#,
            "segment cannot be '0s'; allowed: a number and s, m, h, d or w, such as 90s, 10m or 7d"
        ),
        (#"{"max-bytes": "20"}"#, "max-bytes cannot be '20'; allowed: a number and K, M, G or T, such as 500M or 20G"),
    ])
    func aWordThatIsNoLengthOrSizeIsNamed(text: String, message: String) {
        var failure: ConfigError?
        do { _ = try decode(text) } catch { failure = error as? ConfigError }
        #expect(failure?.description == message)
    }
}
