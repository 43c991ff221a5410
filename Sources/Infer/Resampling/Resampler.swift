import CFFmpeg
import CResize
import Pipeline

/// Scales a part of planar pictures into packed 8-bit pixels, as `Interpolation` says. For one thread at a time.
///
/// A filter that was asked for works on the picture in the model's colours, as its library does. Without one, each plane is
/// scaled by itself, chroma with the taps that it has after being interpolated between its samples, and the sums become red,
/// green and blue. That is the same with a quarter of the work, but for what no channel can hold.
/// Values are rounded at the end; where a filter overshoots, also between columns and rows, as Pillow does it.
final class Resampler {
    private let format: VideoFormat
    private let layout: PixelLayout
    private let matrix: ChannelMatrix
    /// nil: the picture's own planes are scaled.
    private let full: FullSizePicture?
    /// Of the first plane, and of the other two.
    private let columns: [TapTable]
    private let rows: [TapTable]
    /// Rows of what has all rows yet; nil: all is done at once.
    private let rowsAfterwards: TapTable?
    private let scratch: UnsafeMutableBufferPointer<Float>
    private let between: UnsafeMutableBufferPointer<UInt8>

    /// - Parameter interpolation: nil: bilinear, on the planes.
    /// - Throws: `FFmpegError` for a format that cannot be read.
    init(_ format: VideoFormat, _ geometry: InputGeometry, _ interpolation: Interpolation?, to colour: ModelCard.Colour)
        throws(FFmpegError)
    {
        guard let layout = PixelLayout(format.pixelFormat) else {
            throw FFmpegError(code: shim_error(ENOTSUP), function: "av_pix_fmt_desc_get")
        }
        self.format = format
        self.layout = layout
        let filter = interpolation ?? .bilinear
        let isEnlarging = geometry.scaledWidth > format.width || geometry.scaledHeight > format.height
        let across = filter.taps(
            from: format.width, to: geometry.scaledWidth,
            outputs: geometry.cropX..<geometry.cropX + geometry.targetWidth, isEnlarging: isEnlarging)
        var down = filter.taps(
            from: format.height, to: geometry.scaledHeight,
            outputs: geometry.cropY..<geometry.cropY + geometry.targetHeight, isEnlarging: isEnlarging)
        let own = ChannelMatrix(format, layout, to: colour)
        let wanted = TapTable(down)
        if filter.overshoots {
            rowsAfterwards = wanted
            down = wanted.samples.map { Taps(first: $0, weights: [1]) }
        } else {
            rowsAfterwards = nil
        }
        // One sample makes one value, and in RGB nothing is cut off.
        if interpolation == nil || filter == .nearest || layout.isRGB {
            full = nil
            matrix = own
            let chroma = ChromaGrid(format, layout)
            columns = chroma.columnTables(across)
            rows = chroma.rowTables(down)
        } else {
            full = FullSizePicture(format, layout, own, rows: wanted.samples)
            matrix = ChannelMatrix(channels: own.rows.count)
            columns = Array(repeating: TapTable(across), count: 2)
            rows = Array(repeating: TapTable(down), count: 2)
        }
        let outputs = geometry.targetWidth * matrix.rows.count
        let widest = columns.map { $0.samples.count + $0.stride }.max()!
        scratch = .allocate(capacity: max(outputs, widest + 3 * (geometry.targetWidth + 3)))
        scratch.initialize(repeating: 0)
        between = .allocate(capacity: rowsAfterwards == nil ? 0 : down.count * outputs)
    }

    deinit {
        scratch.deallocate()
        between.deallocate()
    }

    /// - Throws: `FFmpegError` if the picture is not of the format that was told.
    func scale(
        _ frame: borrowing Frame, into packed: UnsafeMutableRawPointer, bytesPerRow: Int
    ) throws(FFmpegError) {
        guard frame.width == format.width, frame.height == format.height, frame.pixelFormat == format.pixelFormat
        else { throw FFmpegError(code: shim_error(EINVAL), function: "cresize_picture") }
        let packed = packed.assumingMemoryBound(to: UInt8.self)
        let planes = planes(of: frame)
        guard let rowsAfterwards else { return scale(planes, into: packed, bytesPerRow) }
        let width = columns[0].count * matrix.rows.count
        scale(planes, into: between.baseAddress!, width)
        rowsAfterwards.withAxis { axis in
            withUnsafePointer(to: axis) {
                cresize_rows(
                    between.baseAddress, width, Int32(rows[0].count), Int32(width), $0, packed, bytesPerRow,
                    scratch.baseAddress)
            }
        }
    }

    /// What is scaled, from the first sample that is read on.
    private func planes(of frame: borrowing Frame) -> PlaneTriple {
        guard let full else {
            return matrix.planes(of: frame, layout, columns: columns.map(\.samples), rows: rows.map(\.samples))
        }
        // It has the rows that are read, and all columns.
        let planes = full.planes(of: frame)
        return (cut(planes.0), cut(planes.1), cut(planes.2))
    }

    private func cut(_ plane: cresize_plane) -> cresize_plane {
        guard plane.width > 0 else { return plane }
        let samples = columns[0].samples
        var part = plane
        part.start += samples.lowerBound
        part.width = Int32(samples.count)
        return part
    }

    private func scale(_ planes: PlaneTriple, into packed: UnsafeMutablePointer<UInt8>, _ bytesPerRow: Int) {
        columns[0].withAxis { lumaColumns in
            columns[1].withAxis { chromaColumns in
                rows[0].withAxis { lumaRows in
                    rows[1].withAxis { chromaRows in
                        var job = cresize_job()
                        job.planes = planes
                        job.bytes_per_sample = full == nil ? Int32(layout.bytesPerSample) : 1
                        job.columns = (lumaColumns, chromaColumns)
                        job.rows = (lumaRows, chromaRows)
                        job.channels = Int32(matrix.rows.count)
                        job.matrix = matrix.values
                        job.scratch = scratch.baseAddress
                        cresize_picture(&job, packed, bytesPerRow)
                    }
                }
            }
        }
    }
}
