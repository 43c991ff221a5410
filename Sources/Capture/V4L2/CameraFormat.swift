import CFFmpeg
import CV4L2
import Glibc
import Pipeline

/// What a camera was set to: the driver's answer, which may differ from what was asked.
struct CameraFormat {
    let mode: CameraMode
    /// How a raw picture lies in memory. Bytes; 0: without gaps.
    let bytesPerRow: Int
    let colour: ColourTags

    /// Sets the mode.
    init(setting mode: CameraMode, of device: VideoDevice) throws(VideoCallError) {
        var format = v4l2_format()
        format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        format.fmt.pix.width = UInt32(mode.size.width)
        format.fmt.pix.height = UInt32(mode.size.height)
        format.fmt.pix.pixelformat = mode.pixelFormat.fourCC
        format.fmt.pix.field = V4L2_FIELD_ANY.rawValue
        try device.call(.setFormat, &format)
        let pixels = format.fmt.pix
        guard let pixelFormat = CameraPixelFormat(fourCC: pixels.pixelformat) else {
            throw VideoCallError(code: EINVAL, call: VideoRequest.setFormat.name)
        }
        self.mode = CameraMode(
            pixelFormat: pixelFormat, size: PictureSize(width: Int(pixels.width), height: Int(pixels.height)),
            interval: try Self.setInterval(mode.interval, of: device), isConverted: mode.isConverted)
        bytesPerRow = Int(pixels.bytesperline)
        colour = if case .raw(let format) = pixelFormat.coding { ColourTags(pixels, format) } else { ColourTags() }
    }

    /// - Returns: the rate that was set; nil: the driver does not tell. Some know no rates.
    private static func setInterval(
        _ interval: FrameInterval?, of device: VideoDevice
    ) throws(VideoCallError) -> FrameInterval? {
        var parameters = v4l2_streamparm()
        parameters.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        do {
            if let interval {
                parameters.parm.capture.timeperframe = v4l2_fract(
                    numerator: interval.numerator, denominator: interval.denominator)
                try device.call(.setParameters, &parameters)
            } else {
                try device.call(.getParameters, &parameters)
            }
        } catch  where error.code == ENOTTY || error.code == EINVAL {
            return interval
        }
        let set = FrameInterval(parameters.parm.capture.timeperframe)
        return set.isKnown ? set : interval
    }

    /// Frames a second as FFmpeg wants them; 0/1 if unknown.
    var frameRate: AVRational {
        guard let interval = mode.interval else { return AVRational(num: 0, den: 1) }
        var rate = AVRational()
        av_reduce(&rate.num, &rate.den, Int64(interval.denominator), Int64(interval.numerator), Int64(Int32.max))
        return rate
    }
}

extension ColourTags {
    /// What the driver says of a raw format's colours, V4L2's own defaults put in.
    init(_ pixels: v4l2_pix_format, _ format: AVPixelFormat) {
        let isRGB = format.isRGB
        let quantization = shim_quantization(isRGB ? 1 : 0, pixels.colorspace, pixels.quantization)
        self.init(range: quantization == V4L2_QUANTIZATION_FULL_RANGE.rawValue ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG)
        guard pixels.colorspace != V4L2_COLORSPACE_DEFAULT.rawValue else { return }
        if !isRGB { matrix = Self.matrices[shim_matrix(pixels.colorspace, pixels.ycbcr_enc)] ?? AVCOL_SPC_UNSPECIFIED }
        primaries = Self.primariesOfSpaces[pixels.colorspace] ?? AVCOL_PRI_UNSPECIFIED
        transfer = Self.transfers[shim_transfer(pixels.colorspace, pixels.xfer_func)] ?? AVCOL_TRC_UNSPECIFIED
    }

    private static let matrices: [UInt32: AVColorSpace] = [
        V4L2_YCBCR_ENC_601.rawValue: AVCOL_SPC_SMPTE170M, V4L2_YCBCR_ENC_XV601.rawValue: AVCOL_SPC_SMPTE170M,
        V4L2_YCBCR_ENC_SYCC.rawValue: AVCOL_SPC_SMPTE170M, V4L2_YCBCR_ENC_709.rawValue: AVCOL_SPC_BT709,
        V4L2_YCBCR_ENC_XV709.rawValue: AVCOL_SPC_BT709, V4L2_YCBCR_ENC_BT2020.rawValue: AVCOL_SPC_BT2020_NCL,
        V4L2_YCBCR_ENC_BT2020_CONST_LUM.rawValue: AVCOL_SPC_BT2020_CL,
        V4L2_YCBCR_ENC_SMPTE240M.rawValue: AVCOL_SPC_SMPTE240M,
    ]
    private static let primariesOfSpaces: [UInt32: AVColorPrimaries] = [
        V4L2_COLORSPACE_SMPTE170M.rawValue: AVCOL_PRI_SMPTE170M, V4L2_COLORSPACE_REC709.rawValue: AVCOL_PRI_BT709,
        V4L2_COLORSPACE_SRGB.rawValue: AVCOL_PRI_BT709, V4L2_COLORSPACE_JPEG.rawValue: AVCOL_PRI_BT709,
        V4L2_COLORSPACE_SMPTE240M.rawValue: AVCOL_PRI_SMPTE240M,
        V4L2_COLORSPACE_470_SYSTEM_M.rawValue: AVCOL_PRI_BT470M,
        V4L2_COLORSPACE_470_SYSTEM_BG.rawValue: AVCOL_PRI_BT470BG, V4L2_COLORSPACE_BT2020.rawValue: AVCOL_PRI_BT2020,
        V4L2_COLORSPACE_DCI_P3.rawValue: AVCOL_PRI_SMPTE431,
    ]
    private static let transfers: [UInt32: AVColorTransferCharacteristic] = [
        V4L2_XFER_FUNC_709.rawValue: AVCOL_TRC_BT709, V4L2_XFER_FUNC_SRGB.rawValue: AVCOL_TRC_IEC61966_2_1,
        V4L2_XFER_FUNC_SMPTE240M.rawValue: AVCOL_TRC_SMPTE240M, V4L2_XFER_FUNC_NONE.rawValue: AVCOL_TRC_LINEAR,
        V4L2_XFER_FUNC_SMPTE2084.rawValue: AVCOL_TRC_SMPTE2084,
    ]
}
