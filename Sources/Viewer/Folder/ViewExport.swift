package import Kept
package import Overlay

/// Writes pages of recordings into a folder that can be sent to somebody, or put on any web server.
package struct ViewExport {
    private let recordings: Recordings
    private let program: String
    private let style: (KeptFacts) -> OverlayConfig

    /// - Parameters:
    ///   - style: how a recording's run would have drawn.
    ///   - program: such as "camstream 1.0".
    package init(_ recordings: Recordings, program: String, style: @escaping (KeptFacts) -> OverlayConfig) {
        (self.recordings, self.program, self.style) = (recordings, program, style)
    }

    /// All of it, or nothing.
    ///
    /// - Parameters:
    ///   - folder: is not there yet.
    ///   - onClip: told of each recording that is written.
    package func write(
        to folder: String, onClip: (_ path: String, ClipPage.Summary) -> Void = { _, _ in }
    ) throws {
        let made = try NewFolder.making(folder)
        if recordings.isFolder { try recordings.writeList(to: made.path) }
        for one in recordings.all {
            let page = try ClipPage(of: one.path, style: style, program: program, isListed: recordings.isFolder)
            let place = recordings.isFolder ? try made.makeFolder(one.folder) : made.path
            onClip(one.path, try page.write(to: place))
        }
        try made.putInPlace(as: folder)
    }
}
