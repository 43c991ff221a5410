import Glibc
package import Pipeline

/// Why a camera gives no pictures, or not those that were asked for. `camera` is its path.
package enum CameraError: Error, Equatable, CustomStringConvertible {
    case notFound(camera: String)
    case notACamera(camera: String)
    case permissionDenied(camera: String)
    /// `users`: programs that have it open, as far as this user may know.
    case busy(camera: String, users: [String])
    case unplugged(camera: String)
    case silent(camera: String, seconds: Double)
    case failed(camera: String, cause: VideoCallError)
    case cannotDecode(camera: String, pixelFormat: String, cause: FFmpegError)
    /// `offered`: the camera's own formats, none of which can be read.
    case noUsableFormat(camera: String, offered: [String])

    case noSuchPixelFormat(camera: String, wanted: String, offered: [String])
    case noSuchSize(camera: String, wanted: PictureSize, pixelFormat: String?, offered: [String])
    case noSuchControl(camera: String, name: String)
    case controlCannotBe(camera: String, name: String, value: String, allowed: String)
    case controlIsReadOnly(camera: String, name: String)
    case controlFailed(camera: String, name: String, value: String, cause: VideoCallError)

    /// Whether the settings are at fault, and not the camera.
    package var isUsage: Bool {
        switch self {
        case .noSuchPixelFormat, .noSuchSize, .noSuchControl, .controlCannotBe, .controlIsReadOnly: true
        default: false
        }
    }

    package var description: String { "\(problem). \(advice)" }

    /// What is wrong.
    package var problem: String {
        switch self {
        case .notFound(let camera):
            "\(camera): no such camera"
        case .notACamera(let camera):
            "\(camera) gives no video: it is another kind of video device"
        case .permissionDenied(let camera):
            "\(camera): this user may not use the camera"
        case .busy(let camera, let users):
            "\(camera) is in use by \(users.isEmpty ? "another program" : users.joined(separator: ", "))"
        case .unplugged(let camera):
            "\(camera) is gone: it was unplugged, or its driver was unloaded"
        case .silent(let camera, let seconds):
            "\(camera) has sent no whole frame for \(shortSeconds(seconds)) s"
        case .failed(let camera, let cause):
            "\(camera): \(cause)"
        case .cannotDecode(let camera, let pixelFormat, let cause):
            "\(camera): its \(pixelFormat) frames cannot be decoded: \(cause)"
        case .noUsableFormat(let camera, let offered):
            "\(camera) offers no pixel format that can be read, only \(Self.list(offered))"
        case .noSuchPixelFormat(let camera, let wanted, let offered):
            "\(camera) does not offer the pixel format \(wanted), but \(Self.list(offered))"
        case .noSuchSize(let camera, let wanted, let pixelFormat, let offered):
            "\(camera) does not offer \(wanted)\(pixelFormat.map { " in \($0)" } ?? ""), but \(Self.list(offered))"
        case .noSuchControl(let camera, let name):
            "\(camera) has no control '\(name)'"
        case .controlCannotBe(let camera, let name, let value, let allowed):
            "\(name) of \(camera) cannot be '\(value)'; allowed: \(allowed)"
        case .controlIsReadOnly(let camera, let name):
            "\(name) of \(camera) can only be read"
        case .controlFailed(let camera, let name, let value, let cause):
            "\(camera) refused \(name)=\(value): \(cause)"
        }
    }

    /// What to do.
    package var advice: String {
        switch self {
        case .notFound: "Is it plugged in? `camstream devices` lists what is there."
        case .notACamera: "`camstream devices` lists the cameras."
        case .permissionDenied: "Join the group 'video' (sudo usermod -aG video $USER) and log in again."
        case .busy: "Close that first."
        case .unplugged: "Plug it in again."
        case .silent: "Unplug it and plug it in again, or try another --pixel-format."
        case .failed: "Unplug it and plug it in again."
        case .cannotDecode: "Try another --pixel-format."
        case .noUsableFormat: "Use another camera."
        case .noSuchPixelFormat, .noSuchSize: "`camstream devices` lists the sizes of each format."
        case .noSuchControl, .controlCannotBe: "`camstream devices` lists its controls."
        case .controlIsReadOnly: "Leave it out."
        case .controlFailed: "Some controls need another one to be set first."
        }
    }

    private static func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }
}

extension CameraError {
    /// What a failed call means for whoever wants pictures.
    init(_ error: VideoCallError, camera: String, users: @autoclosure () -> [String] = []) {
        self =
            switch error.code {
            case ENOENT: .notFound(camera: camera)
            case EACCES, EPERM: .permissionDenied(camera: camera)
            case EBUSY: .busy(camera: camera, users: users())
            case ENODEV, ENXIO: .unplugged(camera: camera)
            default: .failed(camera: camera, cause: error)
            }
    }
}
