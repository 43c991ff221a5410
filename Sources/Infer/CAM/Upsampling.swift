import COpenBLAS

/// Bilinear enlargement of many small maps (half-pixel rule, edges repeated): as two matrix products.
struct Upsampling {
    let height: Int
    let width: Int
    private let mapHeight: Int
    private let mapWidth: Int
    /// Float `[height, mapHeight]` and `[mapWidth, width]`.
    private let rows: [Float]
    private let columns: [Float]

    init(from map: (height: Int, width: Int), to size: (height: Int, width: Int)) {
        (mapHeight, mapWidth, height, width) = (map.height, map.width, size.height, size.width)
        rows = Self.weights(map.height, size.height)
        let turned = Self.weights(map.width, size.width)
        columns = (0..<map.width * size.width).map { turned[$0 % size.width * map.width + $0 / size.width] }
    }

    /// Share of each of `count` samples in each of `wanted`, Float `[wanted, count]`.
    private static func weights(_ count: Int, _ wanted: Int) -> [Float] {
        var weights = [Float](repeating: 0, count: wanted * count)
        for (index, tap) in Bilinear.taps(from: count, to: wanted, .cells).enumerated() {
            weights[index * count + tap.first] += 1 - tap.weight
            weights[index * count + tap.second] += tap.weight
        }
        return weights
    }

    /// A part of the enlarged map.
    ///
    /// - Parameters:
    ///   - map: Float `[mapHeight, mapWidth]`.
    ///   - top, left: where the part begins in the enlarged map.
    ///   - part: Float `[height, width]` of the part, overwritten; its height is its count divided by `width`.
    func enlarge(
        _ map: UnsafePointer<Float>, top: Int = 0, left: Int = 0, width: Int? = nil,
        into part: UnsafeMutableBufferPointer<Float>
    ) {
        let width = width ?? self.width
        let height = part.count / width
        precondition(top + height <= self.height && left + width <= self.width)
        var strips = [Float](repeating: 0, count: height * mapWidth)
        rows.withUnsafeBufferPointer { rows in
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(height), Int32(mapWidth), Int32(mapHeight), 1,
                rows.baseAddress! + top * mapHeight, Int32(mapHeight), map, Int32(mapWidth), 0, &strips,
                Int32(mapWidth))
        }
        columns.withUnsafeBufferPointer { columns in
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(height), Int32(width), Int32(mapWidth), 1, strips,
                Int32(mapWidth), columns.baseAddress! + left, Int32(self.width), 0, part.baseAddress!, Int32(width))
        }
    }
}
