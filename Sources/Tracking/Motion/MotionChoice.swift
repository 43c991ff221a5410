/// Whether maps are moved with the picture.
package enum MotionChoice: String, Decodable, Sendable, CaseIterable {
    /// Where the input is large enough to be searched.
    case auto
    case off
}
