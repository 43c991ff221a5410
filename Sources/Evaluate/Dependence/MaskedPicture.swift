/// The picture with all but the hot places dimmed: average drop and increase in confidence.
///
/// Chattopadhay et al. 2018, arXiv:1710.11063, section 5.1: drop = max(0, y - o) / y and increase = 1[o > y], with y the class's
/// probability in the picture and o that of the picture times the map. pytorch-grad-cam's `DropInConfidence` does not divide
/// by y.
struct MaskedPicture: VariantTrial {
    let picture: InputPicture
    /// Float `[height, width]`, 0...1.
    let heat: [Float]

    let count = 1

    func write(_ variant: Int, into memory: UnsafeMutableBufferPointer<Float>) {
        for channel in 0..<picture.channels {
            let start = channel * picture.area
            for place in heat.indices { memory[start + place] = picture.values[start + place] * heat[place] }
        }
    }

    /// - Parameters:
    ///   - whole: the class's probability in the picture.
    ///   - masked: the same in the picture times the map.
    static func outcome(whole: Double, masked: Double) -> (drop: Double, increases: Bool) {
        (whole > 0 ? max(0, whole - masked) / whole : 0, masked > whole)
    }
}
