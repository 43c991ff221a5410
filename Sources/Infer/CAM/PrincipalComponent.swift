import COpenBLAS

/// The largest eigenvalue of a symmetric matrix, and its eigenvector.
enum LeadingEigenpair {
    /// - Parameter matrix: `[size, size]`; only its lower triangle (of columns, Fortran's order) is read.
    /// - Returns: the eigenvector has length 1, and no sign to rely on. Nil where the matrix holds what is no number.
    static func of(_ matrix: consuming [Double], size: Int) -> (value: Double, vector: [Double])? {
        precondition(size > 0 && matrix.count == size * size)
        var n = Int32(size)
        var (unusedLow, unusedHigh, tolerance) = (0.0, 0.0, 0.0)
        var found: Int32 = 0
        var values = [Double](repeating: 0, count: size)
        var vector = [Double](repeating: 0, count: size)
        var support = [Int32](repeating: 0, count: 2)
        var info: Int32 = 0
        func solve(_ work: inout [Double], _ workSize: Int32, _ integers: inout [Int32], _ integersSize: Int32) {
            var (workSize, integersSize) = (workSize, integersSize)
            // V: vectors, too; I: by number, here the last, which is the largest; L: lower triangle.
            dsyevr_(
                "V", "I", "L", &n, &matrix, &n, &unusedLow, &unusedHigh, &n, &n, &tolerance, &found, &values, &vector,
                &n,
                &support, &work, &workSize, &integers, &integersSize, &info, 1, 1, 1)
        }
        var work = [0.0]
        var integers: [Int32] = [0]
        // Asks how much working memory it wants.
        solve(&work, -1, &integers, -1)
        work = [Double](repeating: 0, count: Int(work[0]))
        integers = [Int32](repeating: 0, count: Int(integers[0]))
        solve(&work, Int32(work.count), &integers, Int32(integers.count))
        guard info == 0, found == 1, values[0].isFinite, vector.allSatisfy(\.isFinite) else { return nil }
        return (values[0], vector)
    }
}

/// The places of a feature map, each with as many coordinates as there are channels, centred on their mean.
struct CentredFeatures {
    let channels: Int
    let area: Int
    /// Double `[channels, area]`.
    let values: [Double]

    /// - Parameter features: Float `[channels, area]`.
    init(_ features: some Collection<Float>, channels: Int, area: Int) {
        self.channels = channels
        self.area = area
        var values = features.map { Double($0) }
        precondition(values.count == channels * area)
        for channel in 0..<channels {
            let range = channel * area..<(channel + 1) * area
            let mean = values[range].reduce(0, +) / Double(area)
            for index in range { values[index] -= mean }
        }
        self.values = values
    }

    /// Dot products of all pairs of places, Double `[area, area]`, both triangles.
    var placeProducts: [Double] {
        var products = [Double](repeating: 0, count: area * area)
        cblas_dgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, Int32(area), Int32(area), Int32(channels), 1, values, Int32(area),
            values, Int32(area), 0, &products, Int32(area))
        return products
    }

    /// How far each place lies along the direction in which the places differ most (Pearson 1901); Double `[area]`, of
    /// either sign. Zeros where all places are the same.
    var principalProjection: [Double] {
        // The smaller of the two matrices with the same eigenvalues.
        if area <= channels {
            guard let (value, vector) = LeadingEigenpair.of(placeProducts, size: area) else { return zeros }
            return vector.map { $0 * max(0, value).squareRoot() }
        }
        var covariance = [Double](repeating: 0, count: channels * channels)
        cblas_dgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, Int32(channels), Int32(channels), Int32(area), 1, values,
            Int32(area), values, Int32(area), 0, &covariance, Int32(channels))
        guard let (_, direction) = LeadingEigenpair.of(covariance, size: channels) else { return zeros }
        var projection = zeros
        cblas_dgemv(
            CblasRowMajor, CblasTrans, Int32(channels), Int32(area), 1, values, Int32(area), direction, 1, 0,
            &projection, 1)
        return projection
    }

    private var zeros: [Double] { [Double](repeating: 0, count: area) }
}

extension Evidence {
    /// Gives a component its sign: an eigenvector's is arbitrary, and maps would turn over from frame to frame.
    ///
    /// It follows the class's map in the frame before where the two resemble each other (correlation beyond ±0.5); else it
    /// grows where the features do, summed over the channels.
    func oriented(_ component: [Double], features: CentredFeatures) -> [Float] {
        if let previous, previous.count == component.count {
            let correlation = Self.correlation(component, previous.map { Double($0) })
            if abs(correlation) > 0.5 { return component.map { Float(correlation < 0 ? -$0 : $0) } }
        }
        var total = [Double](repeating: 0, count: features.area)
        for channel in 0..<features.channels {
            for place in 0..<features.area { total[place] += features.values[channel * features.area + place] }
        }
        let isTurned = zip(component, total).reduce(0) { $0 + $1.0 * $1.1 } < 0
        return component.map { Float(isTurned ? -$0 : $0) }
    }

    /// Pearson's; 0 where either is constant.
    private static func correlation(_ a: [Double], _ b: [Double]) -> Double {
        let (meanA, meanB) = (a.reduce(0, +) / Double(a.count), b.reduce(0, +) / Double(b.count))
        var (ab, aa, bb) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            ab += (x - meanA) * (y - meanB)
            aa += (x - meanA) * (x - meanA)
            bb += (y - meanB) * (y - meanB)
        }
        return aa > 0 && bb > 0 ? ab / (aa * bb).squareRoot() : 0
    }
}
