/// The share of the heat that lies on the object: the energy-based pointing game of Score-CAM (Wang et al. 2020,
/// arXiv:1910.01279, section 4.3).
package enum Energy {
    /// - Returns: 0...1; 0 where there is no heat.
    package static func inside(_ boxes: [TrueBox], _ field: HeatField) -> Double {
        var isInside = [Bool](repeating: false, count: field.values.count)
        for box in boxes {
            let (columns, rows) = box.pixels(width: field.width, height: field.height)
            for y in rows {
                for x in columns { isInside[y * field.width + x] = true }
            }
        }
        return share(field) { isInside[$0] }
    }

    /// The same of pixels of the object; heat on those of which nobody says what they are counts nowhere.
    package static func inside(_ mask: TrueMask, _ field: HeatField) -> Double {
        precondition(field.width == mask.width && field.height == mask.height)
        return share(field) { index in
            mask.pixels[index] == .ignored ? nil : mask.pixels[index] == .object
        }
    }

    private static func share(_ field: HeatField, _ isInside: (Int) -> Bool?) -> Double {
        var (inside, all) = (0.0, 0.0)
        for index in 0..<field.values.count {
            let heat = field.values[index]
            guard heat > 0, let isIn = isInside(index) else { continue }
            all += Double(heat)
            if isIn { inside += Double(heat) }
        }
        return all > 0 ? inside / all : 0
    }
}
