/// Follows a stream of pictures: looks at each once, in order, and tells where scenes begin and how pictures moved.
///
/// One thread notes pictures. The trail may be asked by others meanwhile.
package final class PictureTracker {
    /// nil: nobody asks how pictures move, or they are too small to be searched.
    package let trail: MotionTrail?

    private var sceneCut = SceneCut()
    private var scene = 0
    private var part: Int?

    package init(_ trail: MotionTrail?) { self.trail = trail }

    /// Looks at the next picture.
    ///
    /// - Parameters:
    ///   - input: 8-bit `[height, width, channels]`, always of the same size.
    ///   - part: of its recording; another one begins a scene.
    ///   - isSearched: whether somebody will ask how it moved.
    package func note(_ input: UnsafeRawBufferPointer, part: Int, isSearched: Bool = true) -> PictureMark {
        let number = isSearched ? trail?.note(input) : nil
        let explained = number.flatMap { _ in trail?.explainedShare }
        if sceneCut.isCut(input, explained: explained) || part != self.part ?? part { scene += 1 }
        self.part = part
        return PictureMark(number: number, scene: scene)
    }

    /// What comes next does not follow from what was.
    package func forget() { trail?.forget() }
}

/// Where a picture stands among those that were noted.
package struct PictureMark: Sendable, Equatable {
    /// On the trail; nil: it is not on it.
    package let number: Int?
    /// Rises with each cut.
    package let scene: Int

    package init(number: Int?, scene: Int) {
        self.number = number
        self.scene = scene
    }
}
