import CFFmpeg
import Glibc
import Pipeline

/// Names of inputs that people try: `0` or `webcam` for the first camera, a folder of numbered pictures. Where a file has such a
/// name, the file is meant.
package enum InputName {
    /// What an input is in full: the camera's path, the folder's pattern. Anything else stays as it is.
    ///
    /// - Parameters:
    ///   - waits: whether a camera that is not there yet is waited for; it gets the path that it will most likely have.
    ///   - cameras: paths of those that give pictures.
    package static func inFull(
        _ input: String, waits: Bool = false, cameras: () -> [String] = Self.camerasOfThisMachine
    ) throws(CaptureError) -> String {
        var status = stat()
        if stat(input, &status) == 0 {
            return status.st_mode & S_IFMT == S_IFDIR ? try PictureFolder(input).pattern() : input
        }
        if input == "screen" { throw .screen }
        guard let number = cameraNumber(input) else { return input }
        let found = cameras()
        if found.indices.contains(number) { return found[number] }
        if waits { return "/dev/video\(number)" }
        throw .noCamera(input: input, found: found)
    }

    private static func cameraNumber(_ input: String) -> Int? {
        if input == "webcam" { return 0 }
        guard (1...2).contains(input.count), input.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return Int(input)
    }

    package static func camerasOfThisMachine() -> [String] {
        CameraDescription.all().map { entry in
            switch entry {
            case .camera(let camera): camera.path
            case .unreadable(let path, _): path
            }
        }
    }
}
