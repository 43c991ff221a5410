/// What a report remembers of a frame: little, as a recording may have a million.
struct SeenFrame {
    /// Seconds from the start, and for how long it is shown.
    let time: Double
    let duration: Double
    /// The drawn class and the one that is most probable in this frame alone: places in the list of names.
    let drawn: Int32
    let best: Int32
    /// Of the drawn class, as it is read on pictures.
    let probability: Float
    /// By how much the most probable class is ahead of the next one in this frame alone.
    let margin: Float
    /// Share of the picture above half of the strongest heat; 0 where there is no map.
    let hot: Float
    let isRecognised: Bool
}
