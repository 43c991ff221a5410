import CFFmpeg
import Capture
import Glibc

extension Examination {
    static let codecs = Examination(subject: "FFmpeg") {
        findings(
            version: String(cString: av_version_info()),
            decodes: { avcodec_find_decoder_by_name($0) != nil }, encodes: { avcodec_find_encoder_by_name($0) != nil },
            reads: { av_find_input_format($0) != nil })
    }

    static let cameras = Examination(subject: "cameras") { findings(CameraDescription.all()) }

    /// What cameras send and recordings hold.
    private static let decoders = ["h264", "hevc", "mjpeg", "vp8", "vp9", "libdav1d", "mpeg4", "prores", "png", "webp"]
    /// What outputs are made with, and what for.
    private static let encoders = [
        ("libx264", "MP4, MKV and MOV"), ("libvpx-vp9", "WebM"), ("ffv1", "the heat of --keep-video"),
        ("png", "pictures"),
        ("mjpeg", "JPEG pictures"),
    ]

    static func findings(
        version: String, decodes: (String) -> Bool, encodes: (String) -> Bool, reads: (String) -> Bool
    ) -> [Finding] {
        let advice = "install the libavcodec and libavformat of your distribution, which have it"
        var found = [Finding.ok("\(version), reads \(decoders.filter(decodes).joined(separator: ", "))")]
        let unread = decoders.filter { !decodes($0) }
        if !unread.isEmpty { found.append(.note("it does not read \(unread.joined(separator: ", "))", advice)) }
        let written = encoders.filter { encodes($0.0) }.map(\.0)
        if !written.isEmpty { found.append(.ok("writes \(written.joined(separator: ", "))")) }
        for (name, use) in encoders where !encodes(name) {
            found.append(.note("it has no \(name), so it cannot write \(use)", advice))
        }
        if !reads("rtsp") { found.append(.note("it has no rtsp, so network cameras cannot be read", advice)) }
        return found
    }

    static func findings(_ cameras: [CameraDescription.Entry]) -> [Finding] {
        guard !cameras.isEmpty else {
            return [.note("there is none (no /dev/video* gives pictures); recordings, streams and demo: go without")]
        }
        return cameras.map { entry in
            switch entry {
            case .unreadable(_, let error): .note(error.problem, error.advice)
            case .camera(let camera):
                if let mode = camera.defaultMode {
                    .ok("\(camera.path) \(camera.capability.card), \(mode)")
                } else {
                    .note("\(camera.path) \(camera.capability.card): no format of it can be read")
                }
            }
        }
    }
}
