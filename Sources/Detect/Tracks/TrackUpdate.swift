package import Pipeline

/// What a picture's boxes are.
package struct TrackUpdate: Sendable, Equatable {
    /// Those that are objects, in the order of the detections.
    package var boxes: [TrackedBox] = []
    package var events: [TrackEvent] = []
}

/// A box of an object.
package struct TrackedBox: Sendable, Equatable {
    package let detection: Detection
    /// Counts from 1 and is never given again.
    package let id: Int
    /// Where the object is by this and the boxes before: steadier than the detection's own box.
    package let box: Region
    /// Whether this picture is its first.
    package let isNew: Bool

    init(_ detection: Detection, _ track: BoxTrack, isNew: Bool) {
        self.detection = detection
        id = track.id
        box = track.region
        self.isNew = isNew
    }
}

/// Something that happens to an object.
package struct TrackEvent: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// It is seen for the first time.
        case began
        /// It is not seen in this picture.
        case lost
        /// It is seen again.
        case found
        /// It has not been seen for too long, or the scene is another: its number is gone.
        case ended
    }

    package let kind: Kind
    package let id: Int
    package let classID: Int

    init(_ kind: Kind, _ track: BoxTrack) {
        self.kind = kind
        id = track.id
        classID = track.classID
    }
}
