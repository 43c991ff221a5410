/// The colours of boxes: one for each object, or for each class where nobody follows objects.
enum BoxColour {
    /// Numbers that follow each other lie a golden angle apart on the circle of hues, so that any few of them differ well.
    static func of(_ number: Int) -> RGB {
        let hue = (Double(number) * goldenShare).truncatingRemainder(dividingBy: 1)
        func channel(_ value: Double) -> Double { 1 - saturation + saturation * min(max(value, 0), 1) }
        return RGB(
            channel(abs(6 * hue - 3) - 1), channel(2 - abs(6 * hue - 2)), channel(2 - abs(6 * hue - 4)))
    }

    /// Letters that can be read on a colour.
    static func letters(on ground: RGB) -> RGB {
        // BT.709's weights.
        0.2126 * ground.red + 0.7152 * ground.green + 0.0722 * ground.blue > 0.45 ? .black : .white
    }

    private static let goldenShare = 0.618_033_988_75
    private static let saturation = 0.8
}
