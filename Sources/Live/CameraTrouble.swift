/// What a camera cannot do again and again, and how long it waits between two tries.
struct CameraTrouble {
    private var text = ""
    private var pause = Duration.seconds(1)

    private static let longest = Duration.seconds(30)

    /// - Returns: whether it is another trouble than the last, and how long to wait.
    mutating func note(_ text: String) -> (isNew: Bool, pause: Duration) {
        defer {
            self.text = text
            pause = min(pause * 2, Self.longest)
        }
        return (text != self.text, pause)
    }
}
