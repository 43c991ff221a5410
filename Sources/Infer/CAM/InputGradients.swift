import ONNX
import Pipeline

/// A gradient with respect to the picture, Float `[colours, height, width]`.
struct InputGradients {
    let colours: Int
    let height: Int
    let width: Int
    let values: [Float]

    /// - Parameters:
    ///   - values: as `layout` says.
    init(colours: Int, height: Int, width: Int, values: UnsafeBufferPointer<Float>, layout: TensorLayout) {
        (self.colours, self.height, self.width) = (colours, height, width)
        let area = height * width
        precondition(values.count == colours * area)
        self.values =
            switch layout {
            case .channelsFirst: Array(values)
            case .channelsLast: (0..<colours * area).map { values[$0 % area * colours + $0 / area] }
            }
    }

    /// The greatest absolute value of the colours, place by place.
    var strongest: RawMap {
        let area = height * width
        var map = [Float](repeating: 0, count: area)
        for colour in 0..<colours {
            for place in 0..<area { map[place] = max(map[place], abs(values[colour * area + place])) }
        }
        return RawMap(height: height, width: width, values: map)
    }
}
