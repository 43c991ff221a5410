/// One of the objects that the scene shows: what it is, and how it looks.
package struct Drawing: Sendable {
    /// As the labels of the model `demo` call it.
    let className: String
    /// As settings call it: without spaces.
    var name: String { String(className.map { $0 == " " ? "-" : $0 }) }
    /// Draws it around the origin, within -1...1 in both directions and as large as fits, lit from the upper left.
    let draw: @Sendable (Canvas) -> Void

    init(_ className: String, _ draw: @escaping @Sendable (Canvas) -> Void) {
        self.className = className
        self.draw = draw
    }

    /// In the order in which the scene shows them.
    static let all: [Drawing] = [
        stopSign, sunflower, soccerBall, butterfly, yinYang, starfish,
    ]

    package static let names = all.map(\.name)
}
