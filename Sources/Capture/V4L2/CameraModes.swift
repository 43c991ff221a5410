import CV4L2

/// A camera that is open, and the mode chosen for it.
struct ChosenMode {
    let device: VideoDevice
    let mode: CameraMode

    /// Finds the best mode. Formats that libv4l2 converts are looked at only where the camera has none of its own that
    /// can be read: conversion takes time, and hides what the camera sends.
    ///
    /// - Throws: `CameraError`, with what there is instead.
    init(_ device: VideoDevice, _ choice: ModeChoice) throws(CameraError) {
        let found: Result<CameraMode, CameraError>
        do throws(VideoCallError) {
            let (device, formats) = try Self.formats(device)
            self.device = device
            found = try Self.mode(device, formats, choice)
        } catch {
            throw CameraError(error, camera: device.path)
        }
        mode = try found.get()
    }

    /// What the camera offers, and the device to ask for it.
    static func formats(_ device: VideoDevice) throws(VideoCallError) -> (VideoDevice, [OfferedFormat]) {
        let formats = try device.formats()
        if formats.contains(where: { $0.pixelFormat != nil }) { return (device, formats) }
        let converting = try VideoDevice(device.path, .byLibrary, device.system)
        return (converting, try converting.formats())
    }

    private static func mode(
        _ device: VideoDevice, _ formats: [OfferedFormat], _ choice: ModeChoice
    ) throws(VideoCallError) -> Result<CameraMode, CameraError> {
        let usable = formats.filter { $0.pixelFormat != nil }
        guard !usable.isEmpty else {
            return .failure(.noUsableFormat(camera: device.path, offered: formats.map(\.name)))
        }
        let wanted = usable.filter { choice.wish.pixelFormat == nil || $0.pixelFormat == choice.wish.pixelFormat }
        if let format = choice.wish.pixelFormat, wanted.isEmpty {
            return .failure(
                .noSuchPixelFormat(camera: device.path, wanted: format.name, offered: usable.map(\.name)))
        }
        var modes: [CameraMode] = []
        for format in wanted { modes += try device.modes(of: format, choice) }
        if let best = choice.best(of: modes) { return .success(best) }
        var offered: [String] = []
        for size in wanted.flatMap(\.sizes.descriptions) where !offered.contains(size) { offered.append(size) }
        return .failure(
            .noSuchSize(
                camera: device.path, wanted: choice.wish.size ?? choice.limit,
                pixelFormat: choice.wish.pixelFormat?.name, offered: offered))
    }
}

extension VideoDevice {
    /// The modes of a format that come into question: all sizes of a list, and of a range the one that is wanted.
    func modes(of format: OfferedFormat, _ choice: ModeChoice) throws(VideoCallError) -> [CameraMode] {
        guard let pixelFormat = format.pixelFormat else { return [] }
        var modes: [CameraMode] = []
        for size in try candidates(format, choice) {
            let intervals: [FrameInterval?]
            switch try rates(of: format.fourCC, size) {
            case .list(let list): intervals = list
            case .range(let shortest, let longest):
                let rate = choice.wish.rate ?? ModeChoice.highestRate
                intervals = [FrameInterval(rate: min(max(rate, longest.rate), shortest.rate))]
            case .unknown: intervals = [nil]
            }
            modes += intervals.map {
                CameraMode(pixelFormat: pixelFormat, size: size, interval: $0, isConverted: format.isConverted)
            }
        }
        return modes
    }

    private func candidates(_ format: OfferedFormat, _ choice: ModeChoice) throws(VideoCallError) -> [PictureSize] {
        let wish = choice.wish.size
        switch format.sizes {
        case .list(let sizes):
            return sizes.filter { wish == nil || $0 == wish }
        case .range(let smallest, let largest, let step):
            func nearest(_ length: Int, _ low: Int, _ high: Int, _ step: Int) -> Int {
                low + (min(max(length, low), high) - low) / step * step
            }
            let target = wish ?? choice.limit
            let size = PictureSize(
                width: nearest(target.width, smallest.width, largest.width, step.width),
                height: nearest(target.height, smallest.height, largest.height, step.height))
            return wish == nil || size == wish ? [size] : []
        case .unknown:
            let size = try trySize(wish ?? choice.limit, format.fourCC)
            return wish == nil || size == wish ? [size] : []
        }
    }

    /// The size that the driver would set.
    private func trySize(_ size: PictureSize, _ fourCC: UInt32) throws(VideoCallError) -> PictureSize {
        var format = v4l2_format()
        format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        format.fmt.pix.width = UInt32(size.width)
        format.fmt.pix.height = UInt32(size.height)
        format.fmt.pix.pixelformat = fourCC
        format.fmt.pix.field = V4L2_FIELD_ANY.rawValue
        try call(.tryFormat, &format)
        return PictureSize(width: Int(format.fmt.pix.width), height: Int(format.fmt.pix.height))
    }
}
