/// A tensor that can be mapped, and how it lies over the picture.
package struct Layer: Sendable, Equatable {
    package enum Layout: Sendable, Equatable {
        /// `[1, channels, height, width]`
        case channelsFirst
        /// `[1, height, width, channels]`
        case channelsLast
        /// `[1, prefix + height * width, channels]`; the prefix are class and register tokens.
        case tokens(prefix: Int)
    }

    package let tensor: String
    /// The operator that makes it.
    package let op: String
    package let layout: Layout
    package let channels: Int
    package let height: Int
    package let width: Int

    package init(tensor: String, op: String, layout: Layout, channels: Int, height: Int, width: Int) {
        self.tensor = tensor
        self.op = op
        self.layout = layout
        self.channels = channels
        self.height = height
        self.width = width
    }

    /// Places in a map.
    package var area: Int { height * width }
}
