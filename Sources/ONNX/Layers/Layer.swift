/// A tensor that can be mapped, and how it lies over the picture.
package struct Layer: Sendable, Equatable {
    package enum Layout: Sendable, Equatable {
        /// `[1, channels, height, width]`
        case channelsFirst
        /// `[1, height, width, channels]`
        case channelsLast
        /// `[1, prefix + height · width, channels]`; the prefix is class and register tokens.
        case tokens(prefix: Int)
    }

    package let tensor: String
    /// The operator that makes it.
    package let op: String
    package let layout: Layout
    package let channels: Int
    package let height: Int
    package let width: Int
    /// Whether it is one that people look at: the output of a block, an activation, a pooling or a normalisation. The
    /// others can be named, but are not counted.
    package let isListed: Bool

    /// As the tensor lies in memory.
    package var shape: [Int] {
        switch layout {
        case .channelsFirst: [1, channels, height, width]
        case .channelsLast: [1, height, width, channels]
        case .tokens(let prefix): [1, prefix + height * width, channels]
        }
    }

    /// A tensor that a head pools, whatever else is known of it.
    package init(tensor: String, op: String, layout: Layout, channels: Int, height: Int, width: Int) {
        (self.tensor, self.op, self.layout) = (tensor, op, layout)
        (self.channels, self.height, self.width, isListed) = (channels, height, width, true)
    }

    /// Its name and shape, for messages.
    var inWords: String { "'\(tensor)' \(shape.map { "\($0)" }.joined(separator: "x"))" }

    /// Places in a map.
    package var area: Int { height * width }

    /// - Parameter axes: what each axis of the tensor holds. Nil if that is no map of more than one row and column.
    init?(tensor: String, op: String, shape: [Int], axes: [Axis], isListed: Bool) {
        guard shape.first == 1, axes.count == shape.count else { return nil }
        let found: (layout: Layout, channels: Int, height: Int, width: Int)
        if shape.count == 4, let height = axes[2].rows, let width = axes[3].columns, axes[1].isChannels {
            found = (.channelsFirst, shape[1], height, width)
        } else if shape.count == 4, let height = axes[1].rows, let width = axes[2].columns {
            found = (.channelsLast, shape[3], height, width)
        } else if shape.count == 3, let (prefix, height, width) = axes[1].tokens {
            found = (.tokens(prefix: prefix), shape[2], height, width)
        } else {
            return nil
        }
        guard found.height > 1, found.width > 1 else { return nil }
        (self.tensor, self.op, self.isListed) = (tensor, op, isListed)
        (layout, channels, height, width) = found
    }
}
