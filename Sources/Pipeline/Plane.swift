import CFFmpeg

/// One plane of a picture: where its rows are. Valid while the frame lives.
package struct Plane {
    package let start: UnsafeMutableRawPointer
    package let bytesPerRow: Int
    /// Samples in a row, and rows.
    package let width: Int
    package let height: Int

    package init(start: UnsafeMutableRawPointer, bytesPerRow: Int, width: Int, height: Int) {
        self.start = start
        self.bytesPerRow = bytesPerRow
        self.width = width
        self.height = height
    }

    package func row(_ y: Int) -> UnsafeMutableRawPointer { start + y * bytesPerRow }
}

extension Frame {
    /// Plane 0, 1 or 2 of a picture that `layout` describes.
    package func plane(_ number: Int, _ layout: PixelLayout) -> Plane {
        Plane(
            start: UnsafeMutableRawPointer(shim_plane(av, Int32(number))),
            bytesPerRow: Int(shim_bytes_per_row(av, Int32(number))),
            width: layout.width(ofPlane: number, forWidth: width),
            height: layout.height(ofPlane: number, forHeight: height))
    }
}
