import Glibc

/// All that a camera says of itself, for lists.
package struct CameraDescription: Sendable {
    package struct Format: Sendable {
        /// V4L2's four letters.
        package let name: String
        /// The driver's words.
        package let description: String
        /// Whether camstream can read it.
        package let isUsable: Bool
        /// Whether libv4l2 makes it from another format.
        package let isConverted: Bool
        package let sizes: [Size]
    }

    /// One size, or a range of them.
    package struct Size: Hashable, Sendable {
        package let smallest: PictureSize
        package let largest: PictureSize
        package let step: PictureSize
        /// Frames a second, fastest first; of a range of rates its ends.
        package let rates: [Double]
        package let isRateRange: Bool
    }

    /// Of the node, such as `/dev/video0`.
    package let path: String
    package let capability: CameraCapability
    /// Names that stay when the camera gets another number.
    package let links: [String]
    package let formats: [Format]
    package let controls: [CameraControl]
    /// What is taken when nothing is asked for; nil: no format of it can be read.
    package let defaultMode: CameraMode?

    /// A node that is a camera, or may be one: it cannot be opened, and why.
    package enum Entry: Sendable {
        case camera(CameraDescription)
        case unreadable(path: String, CameraError)
    }

    /// All cameras of the machine.
    package static func all(
        _ system: any VideoSystem = LinuxVideo(), _ nodes: VideoNodes = VideoNodes()
    ) -> [Entry] {
        nodes.all.compactMap { path in
            do throws(VideoCallError) {
                return try CameraDescription(path, system, nodes).map { .camera($0) }
            } catch {
                // A node without its device, or one that is no V4L2 device.
                if [ENODEV, ENXIO, ENOENT, ENOTTY].contains(error.code) { return nil }
                return .unreadable(path: path, CameraError(error, camera: path))
            }
        }
    }

    /// - Returns: nil if the node is none that gives pictures.
    init?(_ path: String, _ system: any VideoSystem, _ nodes: VideoNodes) throws(VideoCallError) {
        let opened = try VideoDevice(path, .none, system)
        capability = try opened.capability()
        guard capability.isCamera else { return nil }
        self.path = path
        links = nodes.links(to: path)
        controls = try opened.controls()
        let (device, offered) = try ChosenMode.formats(opened)
        var formats: [Format] = []
        var modes: [CameraMode] = []
        let choice = ModeChoice(ModeWish())
        for format in offered {
            var sizes: [Size] = []
            switch format.sizes {
            case .list(let list):
                for size in list { sizes.append(Size(size, size, size, try device.rates(of: format.fourCC, size))) }
            case .range(let smallest, let largest, let step):
                // Rates differ by size; those of the largest are the ones to expect.
                sizes = [Size(smallest, largest, step, try device.rates(of: format.fourCC, largest))]
            case .unknown: break
            }
            formats.append(
                Format(
                    name: format.name, description: format.description, isUsable: format.pixelFormat != nil,
                    isConverted: format.isConverted, sizes: sizes))
            modes += try device.modes(of: format, choice)
        }
        self.formats = formats
        defaultMode = choice.best(of: modes)
    }
}

extension CameraDescription.Size {
    fileprivate init(_ smallest: PictureSize, _ largest: PictureSize, _ step: PictureSize, _ offered: OfferedRates) {
        switch offered {
        case .list(let list):
            self.init(
                smallest: smallest, largest: largest, step: step, rates: list.map(\.rate), isRateRange: false)
        case .range(let shortest, let longest):
            self.init(
                smallest: smallest, largest: largest, step: step, rates: [shortest.rate, longest.rate],
                isRateRange: true)
        case .unknown: self.init(smallest: smallest, largest: largest, step: step, rates: [], isRateRange: false)
        }
    }
}
