import Foundation
import TestSupport
import Testing

@testable import Encode

@Suite struct PushTargetTests {
    private func target(_ text: String, _ variables: [String: String] = [:]) throws(EncodeError) -> PushTarget {
        try PushTarget(text) { variables[$0] }
    }

    @Test(arguments: [
        ("rtsp://host:8554/cam", "rtsp"), ("rtsps://host/cam", "rtsp"), ("rtmp://host/live/key", "flv"),
        ("rtmps://host/live/key", "flv"), ("srt://host:9000?latency=200000", "mpegts"),
        ("udp://239.0.0.1:1234", "mpegts"), ("rtp://127.0.0.1:5004", "rtp_mpegts"), ("RTSP://host/cam", "rtsp"),
    ])
    func anAddressSaysHowThePictureIsSent(address: String, muxer: String) throws {
        #expect(try target(address).muxer == muxer)
    }

    @Test func rtspGoesOverTCPUnlessItIsToldOtherwise() throws {
        #expect(try target("rtsp://host/cam").options == ["rtsp_transport": "tcp"])
        let udp = try target("rtsp://host/cam?a=b&transport=udp")
        #expect(udp.options == ["rtsp_transport": "udp"] && udp.url == "rtsp://host/cam?a=b")
        #expect(try target("rtsp://host/cam?transport=tcp").url == "rtsp://host/cam")
        #expect(throws: EncodeError.badPush(target: "rtsp://host/cam?transport=x", problem: "transport is tcp or udp"))
        {
            try target("rtsp://host/cam?transport=x")
        }
    }

    @Test(arguments: [
        ("rtsp://me:secret@host/cam", "rtsp://***@host/cam"), ("rtmp://host/live/secret", "rtmp://host/live/***"),
        ("rtmp://host/live/secret/more", "rtmp://host/live/***"), ("rtmp://host/live", "rtmp://host/live"),
        ("rtmps://host/live/a?key=secret", "rtmps://host/live/***"),
        ("srt://host:9000?passphrase=secret&latency=20", "srt://host:9000?passphrase=***&latency=20"),
        ("srt://host:9000?streamid=publish:secret", "srt://host:9000?streamid=***"),
    ])
    func whatIsToldOfItHasNoSecrets(address: String, name: String) throws {
        #expect(try target(address).name == name)
    }

    @Test func secretsStandInFilesAndInTheEnvironment() throws {
        let folder = try TemporaryFolder()
        try "rtsp://me:secret@host/cam\nmore\n".write(
            toFile: folder.file("push"), atomically: true, encoding: .utf8)
        #expect(try target("@" + folder.file("push")).url == "rtsp://me:secret@host/cam")
        let keyed = try target("rtmp://host/live/${KEY}?x=${KEY}", ["KEY": "secret"])
        #expect(keyed.url == "rtmp://host/live/secret?x=secret" && keyed.name == "rtmp://host/live/***")
        #expect(throws: EncodeError.badPush(target: "rtmp://host/live/***", problem: "the environment has no KEY")) {
            try target("rtmp://host/live/${KEY}")
        }
        #expect(throws: EncodeError.badPush(target: "@/nowhere", problem: "the file cannot be read")) {
            try target("@/nowhere")
        }
    }

    @Test(arguments: [
        "", "cam", "http://host/", "file:///tmp/a", "rtsp://", "rtsp:///cam", "rtsp://me:secret@", "srt://?mode=x",
    ])
    func whatIsNoTargetIsRefusedWithoutItsSecrets(text: String) throws {
        let error = try #require(throws: EncodeError.self) { try target(text) }
        #expect(error.category == .usage && error.description.contains("use rtsp://"))
        #expect(!error.description.contains("secret"))
    }

    @Test func aTargetThatIsNamedTwiceIsRefused() throws {
        var config = EncodeConfig()
        config.push = ["rtsp://me:one@host/a", "rtsp://me:two@host/a"]
        #expect(try config.pushTargets().map(\.name) == ["rtsp://***@host/a", "rtsp://***@host/a"])
        config.push.append("rtsp://me:one@host/a")
        #expect(throws: EncodeError.badPush(target: "rtsp://***@host/a", problem: "it is named twice")) {
            try config.pushTargets()
        }
    }
}
