/// Examples that were taught live: pictures as a classifier gets them, which need neither reading nor scaling.
package struct TaughtExamples: Sendable {
    package struct Entry: Sendable, Equatable {
        /// Position among the classes.
        package let label: Int
        /// For people, such as "cup 17".
        package let name: String
        /// Pictures that were taken one after the other while a button was held are one group: they stay on one side of each
        /// split.
        package let group: Int

        package init(label: Int, name: String, group: Int) {
            (self.label, self.name, self.group) = (label, name, group)
        }
    }

    /// What the set is called.
    package let name: String
    package let classes: [String]
    package let entries: [Entry]
    /// 8-bit `[height, width, colours]`, as the classifier's input has them, in its own order of colours. From any thread.
    package let pixels: @Sendable (_ entry: Int) throws -> [UInt8]

    package init(
        name: String, classes: [String], entries: [Entry], pixels: @escaping @Sendable (_ entry: Int) throws -> [UInt8]
    ) {
        (self.name, self.classes, self.entries, self.pixels) = (name, classes, entries, pixels)
    }
}
