import CFFmpeg
import Glibc
import Pipeline

/// Why a sound input cannot be decoded here.
package enum Undecodable: Equatable, Sendable {
    case animatedWebP
    /// HEIC, AVIF and their like, which FFmpeg opens only in later versions.
    case heif
    /// By a key that the file does not hold.
    case encrypted
    /// `reason`: in the decoder's words.
    case feature(codec: String, reason: String)

    /// What the input is, and what to do; its name stands before it.
    var description: String {
        switch self {
        case .animatedWebP:
            "is an animated WebP, which the linked FFmpeg (\(Self.version)) cannot decode. Convert it to a GIF or a video, "
                + "with Pillow or ImageMagick for instance."
        case .heif:
            "is a HEIF image (HEIC, AVIF), which the linked FFmpeg (\(Self.version)) cannot decode. Convert it to JPEG or "
                + "PNG, with heif-convert of Debian's libheif-examples for instance."
        case .encrypted:
            "is encrypted (copy protection), and cannot be decoded without its key. Name an unprotected copy."
        case .feature(let codec, let reason):
            "holds a kind of \(codec) that the linked FFmpeg (\(Self.version)) cannot decode (\(reason)). Convert the file to "
                + "another codec, or install a newer FFmpeg."
        }
    }

    private static var version: String {
        let number = avcodec_version()
        return "libavcodec \(number >> 16).\(number >> 8 & 255).\(number & 255)"
    }

    /// What the first bytes of a file tell; nil: nothing.
    init?(head: some Collection<UInt8>) {
        let head = Array(head.prefix(32))
        func text(_ range: Range<Int>) -> String {
            range.upperBound <= head.count ? String(decoding: head[range], as: UTF8.self) : ""
        }
        // RFC 9649, section 2.7.1: the second bit of the extended header.
        if text(0..<4) == "RIFF", text(8..<16) == "WEBPVP8X", head.count > 20, head[20] & 2 != 0 {
            self = .animatedWebP
        } else if text(4..<8) == "ftyp", Self.pictureBrands.contains(text(8..<12)) {
            self = .heif
        } else {
            return nil
        }
    }

    /// ISO/IEC 23008-12, annex B, and AVIF's.
    private static let pictureBrands: Set<String> = [
        "mif1", "msf1", "mif2", "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "avif", "avis",
    ]
}

extension FFmpegError {
    /// Whether the decoder lacks what it would need, rather than the data what it should have.
    var isLackOfFeature: Bool { [shim_error_patch_welcome, shim_error(ENOSYS)].contains(code) }
}
