/// Of an example, what the numerics must know.
package struct LabelledExample: Sendable, Equatable {
    /// Position of its class.
    package let label: Int
    /// Examples of one group, such as frames of one clip and near-duplicates, are never parted.
    package let group: Int

    package init(label: Int, group: Int) { (self.label, self.group) = (label, group) }
}
