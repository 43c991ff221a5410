import CV4L2

/// A pixel format that a camera offers, and in which sizes.
package struct OfferedFormat: Equatable, Sendable {
    /// Four letters.
    package let name: String
    /// The driver's words, such as "Motion-JPEG".
    package let description: String
    /// nil: camstream cannot read it.
    package let pixelFormat: CameraPixelFormat?
    /// Whether libv4l2 makes it from another one.
    package let isConverted: Bool
    package let sizes: OfferedSizes
    let fourCC: UInt32
}

package enum OfferedSizes: Equatable, Sendable {
    case list([PictureSize])
    case range(smallest: PictureSize, largest: PictureSize, step: PictureSize)
    /// The driver does not tell; what it is set to can be tried.
    case unknown

    /// As lists show them.
    package var descriptions: [String] {
        switch self {
        case .list(let sizes): sizes.map(\.description)
        case .range(let smallest, let largest, let step):
            ["\(smallest) to \(largest)\(step == PictureSize(width: 1, height: 1) ? "" : " in steps of \(step)")"]
        case .unknown: []
        }
    }
}

/// Time between two pictures, in seconds, as V4L2 tells rates.
package struct FrameInterval: Hashable, Sendable {
    package let numerator: UInt32
    package let denominator: UInt32

    init(_ numerator: UInt32, _ denominator: UInt32) {
        self.numerator = numerator
        self.denominator = denominator
    }

    init(_ fraction: v4l2_fract) { self.init(fraction.numerator, fraction.denominator) }

    /// Nearest to a rate, to a thousandth of a frame a second.
    init(rate: Double) { self.init(1000, UInt32((rate * 1000).rounded())) }

    /// Frames a second.
    package var rate: Double { Double(denominator) / Double(numerator) }
    var isKnown: Bool { numerator > 0 && denominator > 0 }
}

package enum OfferedRates: Equatable, Sendable {
    /// Fastest first.
    case list([FrameInterval])
    case range(shortest: FrameInterval, longest: FrameInterval)
    case unknown
}

extension VideoDevice {
    /// All pixel formats in the driver's order.
    func formats() throws(VideoCallError) -> [OfferedFormat] {
        let found: [(UInt32, String, Bool)] = try enumerate(
            .enumerateFormats,
            { index in
                var format = v4l2_fmtdesc()
                format.index = index
                format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
                return format
            },
            { format in
                (
                    format.pixelformat, withUnsafePointer(to: format) { String(cString: shim_format_description($0)) },
                    format.flags & UInt32(V4L2_FMT_FLAG_EMULATED) != 0
                )
            })
        var formats: [OfferedFormat] = []
        for (fourCC, description, isConverted) in found {
            formats.append(
                OfferedFormat(
                    name: CameraPixelFormat.letters(of: fourCC), description: description,
                    pixelFormat: CameraPixelFormat(fourCC: fourCC), isConverted: isConverted,
                    sizes: try sizes(of: fourCC), fourCC: fourCC))
        }
        return formats
    }

    private func sizes(of fourCC: UInt32) throws(VideoCallError) -> OfferedSizes {
        let found: [v4l2_frmsizeenum] = try enumerate(
            .enumerateSizes,
            { index in
                var size = v4l2_frmsizeenum()
                size.index = index
                size.pixel_format = fourCC
                return size
            }, { $0 })
        guard let first = found.first else { return .unknown }
        if first.type == V4L2_FRMSIZE_TYPE_DISCRETE.rawValue {
            let discrete = found.filter { $0.type == V4L2_FRMSIZE_TYPE_DISCRETE.rawValue }
            return .list(discrete.map { PictureSize($0.discrete.width, $0.discrete.height) })
        }
        let range = first.stepwise
        return .range(
            smallest: PictureSize(range.min_width, range.min_height),
            largest: PictureSize(range.max_width, range.max_height),
            step: PictureSize(max(1, range.step_width), max(1, range.step_height)))
    }

    func rates(of fourCC: UInt32, _ size: PictureSize) throws(VideoCallError) -> OfferedRates {
        let found: [v4l2_frmivalenum] = try enumerate(
            .enumerateIntervals,
            { index in
                var interval = v4l2_frmivalenum()
                interval.index = index
                interval.pixel_format = fourCC
                interval.width = UInt32(size.width)
                interval.height = UInt32(size.height)
                return interval
            }, { $0 })
        guard let first = found.first else { return .unknown }
        if first.type == V4L2_FRMIVAL_TYPE_DISCRETE.rawValue {
            let discrete = found.filter { $0.type == V4L2_FRMIVAL_TYPE_DISCRETE.rawValue }
            let known = discrete.map { FrameInterval($0.discrete) }.filter(\.isKnown)
            return known.isEmpty ? .unknown : .list(known.sorted { $0.rate > $1.rate })
        }
        let (shortest, longest) = (FrameInterval(first.stepwise.min), FrameInterval(first.stepwise.max))
        return shortest.isKnown && longest.isKnown ? .range(shortest: shortest, longest: longest) : .unknown
    }
}

extension PictureSize {
    fileprivate init(_ width: UInt32, _ height: UInt32) { self.init(width: Int(width), height: Int(height)) }
}
