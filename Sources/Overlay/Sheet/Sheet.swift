package import Pipeline

/// Panels side by side with a line of text each, as articles compare methods.
package struct Sheet: Sendable, Equatable {
    package struct Cell: Sendable, Equatable {
        package enum Content: Sendable, Equatable {
            case picture
            /// The picture with the heat over it.
            case heat(Heatmap)
            /// A few words on a grey ground.
            case remark(String)
        }

        package enum Title: Sendable, Equatable {
            /// Loses its end where it is too long.
            case name(String)
            /// Loses its beginning, which tells less.
            case path(String)

            var text: String {
                switch self {
                case .name(let text), .path(let text): text
                }
            }
        }

        package let title: Title
        /// Such as a time; may be empty.
        package let detail: String
        package let content: Content

        package init(title: Title, detail: String, _ content: Content) {
            (self.title, self.detail, self.content) = (title, detail, content)
        }
    }

    /// What all panels are about.
    package let title: String
    /// The smaller line below it.
    package let remark: String
    package let cells: [Cell]
    /// Lines below the panels.
    package let footnotes: [String]

    /// Whose boxes are drawn on all panels, with their captions on that of the picture.
    package let things: [Observation]

    package init(
        title: String, remark: String, cells: [Cell], footnotes: [String] = [], things: [Observation] = []
    ) {
        precondition(!cells.isEmpty)
        (self.title, self.remark, self.cells, self.footnotes) = (title, remark, cells, footnotes)
        self.things = things
    }
}
