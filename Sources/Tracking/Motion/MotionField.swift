import CMotion

/// How the picture moved from one time to another: a displacement for each cell of a coarse grid that covers the
/// classifier's input, and so the maps.
///
/// A displacement is (dx, dy) = where the cell's content is now, less where it was, in shares of the width and height; x
/// to the right, y down. Fields keep their memory: change one in place rather than making another.
package struct MotionField: Sendable, Equatable {
    package let columns: Int
    package let rows: Int
    /// Float `[rows, columns]`, shares of the width and of the height.
    package internal(set) var dx: [Float]
    package internal(set) var dy: [Float]
    /// Float `[rows, columns]`, 0 (nothing is known) to 1.
    package internal(set) var confidence: [Float]
    /// False after a cut, and for the first picture: displacements and confidences are 0.
    package internal(set) var isKnown = true

    /// Nothing moves.
    package init(columns: Int, rows: Int) {
        precondition(columns > 0 && rows > 0)
        self.columns = columns
        self.rows = rows
        dx = [Float](repeating: 0, count: columns * rows)
        // Not a copy, which would share its memory until the first change.
        dy = [Float](repeating: 0, count: columns * rows)
        confidence = [Float](repeating: 1, count: columns * rows)
    }

    package var count: Int { columns * rows }

    /// Whether nothing moves, and that is sure: moving a map by this field leaves it as it is.
    package var isIdentity: Bool {
        isKnown && dx.allSatisfy { $0 == 0 } && dy.allSatisfy { $0 == 0 } && confidence.allSatisfy { $0 == 1 }
    }

    /// How much of the picture the motion explains: the mean confidence, 0...1.
    package var explainedShare: Float { confidence.reduce(0, +) / Float(count) }

    /// Nothing moves.
    package mutating func setIdentity() {
        fill(confidence: 1)
        isKnown = true
    }

    /// Nobody knows what moved.
    package mutating func setUnknown() {
        fill(confidence: 0)
        isKnown = false
    }

    /// Sets a cell's displacement, in shares, and how sure it is.
    package mutating func set(_ cell: Int, dx: Float, dy: Float, confidence: Float) {
        (self.dx[cell], self.dy[cell], self.confidence[cell]) = (dx, dy, confidence)
    }

    private mutating func fill(confidence value: Float) {
        for cell in 0..<count {
            dx[cell] = 0
            dy[cell] = 0
            confidence[cell] = value
        }
    }

    /// Becomes what happened in two steps, for maps that are several pictures old:
    /// d(x) = second(x) + first(x - second(x)). Confidences are the lower ones. A step of which nothing is known makes
    /// the whole unknown.
    ///
    /// - Parameters:
    ///   - first: the earlier step, on any grid.
    ///   - second: the later step, on this field's grid.
    package mutating func compose(_ first: borrowing MotionField, then second: borrowing MotionField) {
        precondition((second.columns, second.rows) == (columns, rows))
        guard first.isKnown && second.isKnown else { return setUnknown() }
        isKnown = true
        first.withC { first in
            second.withC { second in
                dx.withUnsafeMutableBufferPointer { dx in
                    dy.withUnsafeMutableBufferPointer { dy in
                        confidence.withUnsafeMutableBufferPointer { confidence in
                            cmotion_compose(
                                first, second, dx.baseAddress, dy.baseAddress, confidence.baseAddress)
                        }
                    }
                }
            }
        }
    }

    /// Moves a map with the picture: each cell takes the value from where its content was before (backward, bicubic).
    ///
    /// What comes in from outside was never seen, so there is no past to carry on: where a current map is given, a cell
    /// takes its value, as far as it comes from outside (a cell that comes half from outside takes half, so that a slow pan
    /// fades in and does not flicker) or as its motion is not trusted. Where none is given, as between inferences, the
    /// border's value is the best guess: heat that reaches the border is carried on, and nothing is made up.
    ///
    /// - Parameters:
    ///   - map: Float `[height, width]` of any size, before the motion.
    ///   - arriving: Float `[height, width]`, now; nil: there is none.
    ///   - moved: Float `[height, width]`; neither of the others.
    package func warp(
        _ map: UnsafeBufferPointer<Float>, height: Int, width: Int, arriving: UnsafeBufferPointer<Float>? = nil,
        into moved: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(height > 0 && width > 0 && map.count == height * width && moved.count == map.count)
        precondition(arriving.map { $0.count == map.count } ?? true)
        if isIdentity {
            _ = moved.update(fromContentsOf: map)
            return
        }
        withC { field in
            cmotion_warp(
                field, map.baseAddress, arriving?.baseAddress, moved.baseAddress, Int32(width), Int32(height))
        }
    }

    private func withC(_ body: (cmotion_field) -> Void) {
        dx.withUnsafeBufferPointer { dx in
            dy.withUnsafeBufferPointer { dy in
                confidence.withUnsafeBufferPointer { confidence in
                    body(
                        cmotion_field(
                            dx: dx.baseAddress, dy: dy.baseAddress, confidence: confidence.baseAddress,
                            columns: Int32(columns), rows: Int32(rows)))
                }
            }
        }
    }
}
