import Glibc

extension Drawing {
    /// The classic one of 12 black pentagons and 20 white hexagons: a truncated icosahedron blown up to a sphere.
    static let soccerBall = Drawing("soccer ball") { canvas in
        let white = Paint.radial(
            -0.1, -0.1, 1.18, focus: (-0.4, -0.45),
            [(0, Colour(0xffffff)), (0.5, Colour(0xeeeeec)), (0.82, Colour(0xc2c2c4)), (1, Colour(0x8b8c92))])
        canvas.fill(white) { canvas.circle(0, 0, 0.99) }
        canvas.saved {
            canvas.clip { canvas.circle(0, 0, 0.99) }
            for edge in Icosahedron.edges {
                let seam = arc(Icosahedron.patchCorner(edge.0, edge.1), Icosahedron.patchCorner(edge.1, edge.0))
                guard seam.contains(where: { $0.z > 0 }) else { continue }
                canvas.stroke(.hex(0x55565a, 0.8), width: 0.022) { follow(canvas, seam) }
            }
            for corner in Icosahedron.corners.indices {
                let neighbours = Icosahedron.neighboursInOrder(of: corner)
                let corners = neighbours.map { Icosahedron.patchCorner(corner, $0) }
                let rim = corners.indices.flatMap { arc(corners[$0], corners[($0 + 1) % corners.count]) }
                guard rim.contains(where: { $0.z > 0.02 }) else { continue }
                canvas.fill(.radial(-0.4, -0.45, 1.3, [(0, Colour(0x3c3d42)), (1, Colour(0x0b0b0d))])) {
                    follow(canvas, rim)
                    canvas.close()
                }
                canvas.stroke(.hex(0x2a2a2e), width: 0.02) {
                    follow(canvas, rim)
                    canvas.close()
                }
            }
        }
        // A soft shine, and the rim in the shade.
        canvas.glow(-0.38, -0.45, 0.5, 0.5, 0xffffff, 0.55)
        canvas.fill(.radial(-0.16, -0.18, 1.24, [(0.72, Colour(0x101018, 0)), (1, Colour(0x101018, 0.5))])) {
            canvas.circle(0, 0, 0.99)
        }
    }

    /// Points along the great circle between two points of the unit sphere.
    private static func arc(_ from: Vector, _ to: Vector) -> [Vector] {
        (0...8).map { step in from.mixed(with: to, Double(step) / 8).normalised }
    }

    /// Looks along z; what lies behind is laid on the ball's rim.
    private static func follow(_ canvas: Canvas, _ points: [Vector]) {
        for (number, point) in points.enumerated() {
            let length = hypot(point.x, point.y)
            let stretch = point.z >= 0 || length == 0 ? 1 : 1.02 / length
            let (x, y) = (0.99 * point.x * stretch, 0.99 * point.y * stretch)
            if number == 0 { canvas.move(x, y) } else { canvas.line(x, y) }
        }
    }
}

private typealias Vector = SIMD3<Double>

extension SIMD3<Double> {
    fileprivate var normalised: Self { self / (self * self).sum().squareRoot() }
    fileprivate func mixed(with other: Self, _ share: Double) -> Self { self + share * (other - self) }
}

/// The regular icosahedron with corners on the unit sphere, turned so that one of them looks up past the viewer.
private enum Icosahedron {
    static let corners: [Vector] = {
        let golden = (1 + 5.0.squareRoot()) / 2
        var corners: [Vector] = []
        for one in [-1.0, 1] {
            for other in [-golden, golden] {
                corners += [[0, one, other], [one, other, 0], [other, 0, one]]
            }
        }
        return corners.map { corner in turned(corner.normalised) }
    }()

    /// Pairs of corners, each pair once.
    static let edges: [(Int, Int)] = corners.indices.flatMap { one in
        neighbours(of: one).filter { $0 > one }.map { (one, $0) }
    }

    /// Where the patch around a corner ends on the edge to another: a third of the way, which makes all edges alike.
    static func patchCorner(_ corner: Int, _ other: Int) -> Vector {
        corners[corner].mixed(with: corners[other], 1.0 / 3).normalised
    }

    static func neighboursInOrder(of corner: Int) -> [Int] {
        let axis = corners[corner]
        let all = neighbours(of: corner)
        let first = (corners[all[0]] - axis * (corners[all[0]] * axis).sum()).normalised
        let second = Vector(
            axis.y * first.z - axis.z * first.y, axis.z * first.x - axis.x * first.z,
            axis.x * first.y - axis.y * first.x)
        func angle(_ other: Int) -> Double {
            atan2((corners[other] * second).sum(), (corners[other] * first).sum())
        }
        return all.sorted { angle($0) < angle($1) }
    }

    private static func neighbours(of corner: Int) -> [Int] {
        corners.indices.filter { other in
            // The five nearest are at cos = 1/√5, the next ones at −1/√5.
            other != corner && (corners[other] * corners[corner]).sum() > 0.4
        }
    }

    private static func turned(_ v: Vector) -> Vector {
        let (a, b) = (0.46, 0.3)
        let tilted = Vector(v.x, v.y * cos(a) - v.z * sin(a), v.y * sin(a) + v.z * cos(a))
        return Vector(
            tilted.x * cos(b) + tilted.z * sin(b), tilted.y, -tilted.x * sin(b) + tilted.z * cos(b))
    }
}
