import CFFmpeg
import Foundation
import Pipeline

/// A server, or a place on the network, that a live picture is sent to.
///
/// Secrets need not stand in the settings: `${NAME}` is a variable of the environment, and `@FILE` the first line of a file.
package struct PushTarget: Sendable, Equatable {
    /// For messages and measurements, without secrets.
    package let name: String
    /// As libavformat opens it.
    let url: String
    /// libavformat's names of the muxer, and of the options of muxer and protocol.
    let muxer: String
    let options: [String: String]

    /// - Parameters:
    ///   - text: as the settings have it.
    ///   - variable: asks the environment.
    /// - Throws: `EncodeError.badPush`.
    package init(
        _ text: String,
        variable: (String) -> String? = { ProcessInfo.processInfo.environment[$0] }
    ) throws(EncodeError) {
        let address = try Self.resolved(text, variable)
        guard let slashes = address.firstRange(of: "://"), !address.contains(where: \.isNewline) else {
            throw .badPush(target: Self.shown(address), problem: "it is no address; \(Self.allowed)")
        }
        let scheme = address[..<slashes.lowerBound].lowercased()
        let host = address[slashes.upperBound...].prefix { !"/?#".contains($0) }
        guard let way = Self.ways[scheme] else {
            throw .badPush(target: Self.shown(address), problem: "\(scheme):// is no way to send it; \(Self.allowed)")
        }
        guard let last = host.split(separator: "@", omittingEmptySubsequences: false).last, !last.isEmpty else {
            throw .badPush(target: Self.shown(address), problem: "it names no host; \(Self.allowed)")
        }
        var options = way.options
        var url = address
        if way.muxer == "rtsp" {
            let (rest, transport) = Self.withoutTransport(address)
            guard ["tcp", "udp"].contains(transport) else {
                throw .badPush(target: Self.shown(address), problem: "transport is tcp or udp")
            }
            url = rest
            options["rtsp_transport"] = transport
        }
        (name, self.url, muxer, self.options) = (Self.shown(address), url, way.muxer, options)
    }

    private static let allowed =
        "use rtsp://, rtmp://, srt://, udp:// or rtp://, such as rtsp://127.0.0.1:8554/camera"

    private struct Way {
        let muxer: String
        var options: [String: String] = [:]
    }

    /// By scheme. Times that only a whole file could know are left out of FLV; datagrams hold seven packets of MPEG-TS.
    private static let ways: [String: Way] = {
        let flv = Way(muxer: "flv", options: ["flvflags": "no_duration_filesize"])
        return [
            "rtsp": Way(muxer: "rtsp"), "rtsps": Way(muxer: "rtsp"), "rtmp": flv, "rtmps": flv, "rtmpt": flv,
            "rtmpts": flv, "srt": Way(muxer: "mpegts"), "udp": Way(muxer: "mpegts", options: ["pkt_size": "1316"]),
            "rtp": Way(muxer: "rtp_mpegts"),
        ]
    }()

    private static func resolved(
        _ text: String, _ variable: (String) -> String?
    ) throws(EncodeError) -> String {
        var text = text
        if text.hasPrefix("@") {
            let path = String(text.dropFirst())
            guard let content = try? TextFile.text(of: path) else {
                throw .badPush(target: text, problem: "the file cannot be read")
            }
            text = String(content.prefix { !$0.isNewline })
        }
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            let key = String(rest[start.upperBound..<end])
            guard let value = variable(key) else {
                throw .badPush(target: shown(text), problem: "the environment has no \(key)")
            }
            result += rest[..<start.lowerBound] + value
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    /// Without secrets. Of RTMP all behind the application is one: whoever has the stream's key may send in its place.
    private static func shown(_ address: String) -> String {
        let shown = redacted(address)
        guard let slashes = shown.firstRange(of: "://"), shown.lowercased().hasPrefix("rtmp") else { return shown }
        let parts = shown[slashes.upperBound...].split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[2].isEmpty else { return shown }
        return shown[..<slashes.upperBound] + "\(parts[0])/\(parts[1])/***"
    }

    /// - Returns: the address without the field `transport` of its query, and its value; `tcp` where there is none.
    private static func withoutTransport(_ address: String) -> (address: String, transport: String) {
        guard let question = address.lastIndex(of: "?") else { return (address, "tcp") }
        var transport = "tcp"
        let fields = address[address.index(after: question)...].split(separator: "&").filter { field in
            guard field.hasPrefix("transport=") else { return true }
            transport = String(field.dropFirst("transport=".count))
            return false
        }
        return (address[..<question] + (fields.isEmpty ? "" : "?" + fields.joined(separator: "&")), transport)
    }
}
