import CBlend
import CFFmpeg
import Pipeline

/// Draws maps on pictures of one size: which samples lie where in the map is found out once, not for every picture.
final class HeatBlender {
    private let layout: PixelLayout
    private let width: Int
    private let height: Int
    /// Where the first chroma sample lies, in pixels.
    private let chromaX: Double
    private let chromaY: Double
    private let kernel: BlendKernel

    private struct Shape: Equatable {
        let width: Int
        let height: Int
        let region: Region
    }
    private var shape: Shape?
    /// For luma and for chroma.
    private var columns: [Memory<cblend_run>] = []
    private var rows: [Memory<cblend_run>] = []
    private var heats = Memory<Int32>([])
    private var rowHeats = Memory<Int32>([])
    private let indices: Memory<UInt8>
    private var places = HeatPlaces(width: 0, height: 0, -1)

    /// - Parameters:
    ///   - width, height: size in pixels of the panels to draw on.
    init(
        width: Int, height: Int, _ layout: PixelLayout, _ location: AVChromaLocation,
        kernel: BlendKernel = .fastest
    ) {
        self.width = width
        self.height = height
        self.layout = layout
        self.kernel = kernel
        (chromaX, chromaY) = Self.firstChromaSample(layout, location)
        indices = Memory(Array(repeating: 0, count: width + Int(CBLEND_INDEX_PADDING)))
    }

    /// Upsamples, colours and blends in one pass. The source is only read; it may be the target.
    func blend(_ heatmap: Heatmap, _ tables: HeatTables, from source: Panel, to target: Panel) {
        prepare(Shape(width: heatmap.width, height: heatmap.height, region: heatmap.region))
        cblend_quantise(heatmap.values, Int32(heatmap.values.count), heats.start)
        if let hdr = tables.hdr {
            target.copy(source)
            blend(hdr, heatmap, on: target)
            return
        }
        for number in 0..<3 {
            let from = source.plane(number)
            let to = target.plane(number)
            let (columns, rows) = (columns[min(number, 1)], rows[min(number, 1)])
            var job = cblend_job(
                source: from.start, source_stride: from.stride, target: to.start, target_stride: to.stride,
                width: to.width, height: to.height, columns: columns.start, rows: rows.start,
                column_runs: Int32(columns.count), row_runs: Int32(rows.count), map: heats.start,
                map_width: Int32(heatmap.width), table: tables.planes + number, row_heats: rowHeats.start,
                indices: indices.start)
            cblend_plane(&job, kernel.version)
        }
    }

    /// Writes down each pixel's heat, then blends pixel by pixel.
    private func blend(_ hdr: HDRTables, _ heatmap: Heatmap, on target: Panel) {
        if places.untouched != hdr.untouched { places = HeatPlaces(width: width, height: height, hdr.untouched) }
        places.clear()
        var job = cblend_job(
            source: places.indices.start, source_stride: width, target: places.indices.start, target_stride: width,
            width: Int32(width), height: Int32(height), columns: columns[0].start, rows: rows[0].start,
            column_runs: Int32(columns[0].count), row_runs: Int32(rows[0].count), map: heats.start,
            map_width: Int32(heatmap.width), table: places.table.start, row_heats: rowHeats.start,
            indices: indices.start)
        cblend_plane(&job, kernel.version)
        var drawing = cblend_hdr_job(
            planes: (target.plane(0), target.plane(1), target.plane(2)), indices: places.indices.start,
            indices_stride: width)
        withUnsafePointer(to: hdr.table) { cblend_hdr(&drawing, $0) }
    }

    private func prepare(_ new: Shape) {
        guard new != shape else { return }
        shape = new
        heats = Memory(Array(repeating: 0, count: new.width * new.height))
        rowHeats = Memory(Array(repeating: 0, count: new.width))
        columns = (0...1).map { plane in
            Self.runs(
                MapAxis(
                    nodes: new.width, start: new.region.x, length: new.region.width,
                    samples: layout.width(ofPlane: plane, forWidth: width), first: plane == 0 ? 0.5 : chromaX,
                    spacing: plane == 0 ? 1 : Double(1 << layout.log2ChromaWidth), extent: Double(width)))
        }
        rows = (0...1).map { plane in
            Self.runs(
                MapAxis(
                    nodes: new.height, start: new.region.y, length: new.region.height,
                    samples: layout.height(ofPlane: plane, forHeight: height), first: plane == 0 ? 0.5 : chromaY,
                    spacing: plane == 0 ? 1 : Double(1 << layout.log2ChromaHeight), extent: Double(height)))
        }
    }

    private static func runs(_ axis: MapAxis) -> Memory<cblend_run> {
        let unit = 4_294_967_296.0
        return Memory(
            axis.runs.map { run in
                cblend_run(
                    first: Int32(run.first), count: Int32(run.count), low: Int32(run.low), high: Int32(run.high),
                    // In a map that is finer than the picture a step may be too long for the arithmetic, but isn't needed.
                    fraction: Int64(run.fraction * unit), step: run.count == 1 ? 0 : Int64(run.step * unit))
            })
    }

    /// ITU-T H.273, section 8.7: which point of the pixels that it covers a chroma sample stands for. Where nothing is
    /// told it is the left edge's middle, as in H.264 and MPEG-2.
    private static func firstChromaSample(_ layout: PixelLayout, _ location: AVChromaLocation) -> (Double, Double) {
        let across = Double(1 << layout.log2ChromaWidth)
        let down = Double(1 << layout.log2ChromaHeight)
        let x =
            switch location {
            case AVCHROMA_LOC_CENTER, AVCHROMA_LOC_TOP, AVCHROMA_LOC_BOTTOM: across / 2
            default: 0.5
            }
        let y =
            switch location {
            case AVCHROMA_LOC_TOPLEFT, AVCHROMA_LOC_TOP: 0.5
            case AVCHROMA_LOC_BOTTOMLEFT, AVCHROMA_LOC_BOTTOM: down - 0.5
            default: down / 2
            }
        return (x, y)
    }
}

/// The heats of a picture's pixels, 1...255; 0 where nothing is drawn.
private struct HeatPlaces {
    let untouched: Int
    /// `[height, width]`.
    let indices: Memory<UInt8>
    /// "Blends" an index into a sample.
    let table: Memory<cblend_table>
    private let count: Int

    init(width: Int, height: Int, _ untouched: Int) {
        self.untouched = untouched
        count = width * height
        indices = Memory(Array(repeating: 0, count: count + Int(CBLEND_INDEX_PADDING)))
        table = Memory([cblend_table()])
        cblend_table_init(
            table.start, 8, (0..<256).map { $0 < untouched ? 1 : 0 },
            (0..<256).map { $0 < untouched ? 0 : Double(max($0, 1)) })
    }

    func clear() { indices.start.update(repeating: 0, count: count) }
}
