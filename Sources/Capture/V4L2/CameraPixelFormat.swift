package import CFFmpeg

/// A pixel format of cameras that can be read: V4L2's four letters, and what FFmpeg makes of them.
package struct CameraPixelFormat: Sendable, Hashable {
    package enum Coding: Hashable, Sendable {
        case raw(AVPixelFormat)
        case compressed(AVCodecID)
    }

    /// V4L2's four letters, as `v4l2-ctl` shows them.
    package let name: String
    /// Other names that people know it by.
    let aliases: [String]
    package let coding: Coding
    /// Which of two formats to take where all else is equal: the lower one. Bytes to move, work to decode.
    let cost: Int
    let hasColour: Bool

    private init(_ name: String, _ aliases: [String], _ coding: Coding, cost: Int, hasColour: Bool = true) {
        self.name = name
        self.aliases = aliases
        self.coding = coding
        self.cost = cost
        self.hasColour = hasColour
    }

    package static let all = [
        CameraPixelFormat("YU12", ["YUV420", "I420"], .raw(AV_PIX_FMT_YUV420P), cost: 0),
        CameraPixelFormat("NV12", [], .raw(AV_PIX_FMT_NV12), cost: 1),
        CameraPixelFormat("NV21", [], .raw(AV_PIX_FMT_NV21), cost: 1),
        CameraPixelFormat("YUYV", ["YUY2"], .raw(AV_PIX_FMT_YUYV422), cost: 2),
        CameraPixelFormat("UYVY", [], .raw(AV_PIX_FMT_UYVY422), cost: 2),
        CameraPixelFormat("YVYU", [], .raw(AV_PIX_FMT_YVYU422), cost: 2),
        CameraPixelFormat("422P", ["YUV422P"], .raw(AV_PIX_FMT_YUV422P), cost: 2),
        CameraPixelFormat("BGR3", ["BGR24"], .raw(AV_PIX_FMT_BGR24), cost: 3),
        CameraPixelFormat("RGB3", ["RGB24"], .raw(AV_PIX_FMT_RGB24), cost: 3),
        CameraPixelFormat("MJPG", ["MJPEG"], .compressed(AV_CODEC_ID_MJPEG), cost: 4),
        CameraPixelFormat("JPEG", [], .compressed(AV_CODEC_ID_MJPEG), cost: 4),
        CameraPixelFormat("H264", ["H.264"], .compressed(AV_CODEC_ID_H264), cost: 5),
        CameraPixelFormat("GREY", ["GRAY", "Y8"], .raw(AV_PIX_FMT_GRAY8), cost: 0, hasColour: false),
    ]

    /// By one of its names, in any case.
    package init?(named name: String) {
        let wanted = name.uppercased()
        guard let found = Self.all.first(where: { $0.name == wanted || $0.aliases.contains(wanted) }) else {
            return nil
        }
        self = found
    }

    package init?(fourCC: UInt32) {
        guard let found = Self.all.first(where: { $0.fourCC == fourCC }) else { return nil }
        self = found
    }

    /// The four letters as V4L2 writes them, the first in the lowest byte.
    package var fourCC: UInt32 { name.utf8.reversed().reduce(0) { $0 << 8 | UInt32($1) } }

    /// The letters of a format that may not be one of ours, without spaces at the end; `v4l2-ctl` marks big-endian ones
    /// in the same way.
    static func letters(of fourCC: UInt32) -> String {
        let bytes = [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: fourCC >> $0) & 0x7f }
        let printed = bytes.map { $0 < 0x20 ? 0x3f : $0 }.reversed().drop { $0 == 0x20 }.reversed()
        return String(decoding: printed, as: UTF8.self) + (fourCC & 1 << 31 == 0 ? "" : "-BE")
    }

    /// Whether each picture can be decoded without the ones before.
    var isIntraOnly: Bool { coding != .compressed(AV_CODEC_ID_H264) }

    /// FFmpeg's name of the codec, as for files.
    var codecName: String {
        switch coding {
        case .raw: "rawvideo"
        case .compressed(let codec): String(cString: avcodec_get_name(codec))
        }
    }
}
