package import Pipeline

/// Why the overlay cannot be drawn.
package enum OverlayError: Error, Equatable, CustomStringConvertible {
    case unsupportedFormat(name: String)
    case noFonts
    case noSuchFont(family: String)
    case cannotReadFont(path: String, cause: String)
    case outOfMemory(FFmpegError)
    case cannotScale(FFmpegError)

    package var description: String {
        switch self {
        case .unsupportedFormat(let name):
            "cannot draw on frames of format \(name): convert them to a planar one such as yuv420p first"
        case .noFonts:
            "no font for the labels: install one (Debian: fonts-dejavu-core), name a file with overlay.font, "
                + "or leave the labels out with --labels none"
        case .noSuchFont(let family):
            "no font is called '\(family)': `fc-list : family` lists what is installed; overlay.font may also name a file"
        case .cannotReadFont(let path, let cause):
            "cannot read the font \(path): \(cause). Name a TrueType or OpenType file with overlay.font"
        case .outOfMemory(let cause):
            "no memory for an output frame: \(cause)"
        case .cannotScale(let cause):
            "cannot scale the frame for its panels: \(cause). Convert the input to yuv420p, or choose another --layout"
        }
    }
}
