/// What the program does just now: `live` in the answer of `GET /api/state`. Keys are in snake case there.
package struct LiveState: Codable, Sendable, Equatable {
    /// Name and version.
    package var program: String
    /// Where the pictures come from; passwords must have been taken out.
    package var source: String
    package var model: String?
    /// Size of the pictures as served, in pixels.
    package var width: Int
    package var height: Int
    /// Of the pictures as served.
    package var framesPerSecond: Double
    /// From a picture's capture until it is finished.
    package var latencyMs: Double
    /// How much older than the newest picture its maps are; 0 where they are its own.
    package var mapAgeMs: Double
    package var signal: Signal
    package var frames: Frames
    /// Nil where nothing can be recorded.
    package var recording: Recording?
    /// Where the picture is sent to.
    package var pushes: [Push]
    /// What events go to; nil: nothing of which there is anything to tell.
    package var outlets: [Outlet]?
    /// The most probable classes, first the most probable one.
    package var top: [ClassScore]
    /// Whether the picture names what it shows.
    package var isRecognised: Bool

    package struct Signal: Codable, Sendable, Equatable {
        package var isPresent: Bool
        /// Seconds since 1970 since when it is so.
        package var since: Double

        package init(isPresent: Bool, since: Double) {
            self.isPresent = isPresent
            self.since = since
        }
    }

    /// captured = written + dropped + in flight, at any moment.
    package struct Frames: Codable, Sendable, Equatable {
        package var captured: Int
        package var written: Int
        package var inFlight: Int
        /// By reason.
        package var dropped: [String: Int]

        package init(captured: Int = 0, written: Int = 0, inFlight: Int = 0, dropped: [String: Int] = [:]) {
            self.captured = captured
            self.written = written
            self.inFlight = inFlight
            self.dropped = dropped
        }
    }

    package struct Recording: Codable, Sendable, Equatable {
        package var isActive: Bool
        package var file: String?
        package var seconds: Double
        package var bytes: Int
        /// Why it pauses, such as a full disk.
        package var problem: String?

        package init(
            isActive: Bool, file: String? = nil, seconds: Double = 0, bytes: Int = 0, problem: String? = nil
        ) {
            self.isActive = isActive
            self.file = file
            self.seconds = seconds
            self.bytes = bytes
            self.problem = problem
        }
    }

    /// A target that the picture is sent to.
    package struct Push: Codable, Sendable, Equatable {
        /// Without secrets.
        package var target: String
        package var isConnected: Bool
        /// Seconds since 1970 since when it is so.
        package var since: Double
        /// How often it was connected.
        package var connections: Int
        package var pictures: Int
        package var bytes: Int
        /// Pictures that the target lacks, by reason.
        package var dropped: [String: Int]
        /// Why it is not connected.
        package var problem: String?

        package init(
            target: String, isConnected: Bool, since: Double, connections: Int = 0, pictures: Int = 0, bytes: Int = 0,
            dropped: [String: Int] = [:], problem: String? = nil
        ) {
            (self.target, self.isConnected, self.since, self.connections) = (target, isConnected, since, connections)
            (self.pictures, self.bytes, self.dropped, self.problem) = (pictures, bytes, dropped, problem)
        }
    }

    /// Something that events go to.
    package struct Outlet: Codable, Sendable, Equatable {
        /// "mqtt" or "hooks".
        package var name: String
        package var isConnected: Bool
        /// What has not gone out yet.
        package var waiting: Int
        package var sent: Int
        /// What there was no room or no time for.
        package var lost: Int
        /// Why it does not work.
        package var problem: String?

        package init(
            name: String, isConnected: Bool, waiting: Int = 0, sent: Int = 0, lost: Int = 0, problem: String? = nil
        ) {
            (self.name, self.isConnected, self.waiting) = (name, isConnected, waiting)
            (self.sent, self.lost, self.problem) = (sent, lost, problem)
        }
    }

    package init(
        program: String, source: String, model: String? = nil, width: Int = 0, height: Int = 0,
        framesPerSecond: Double = 0, latencyMs: Double = 0, mapAgeMs: Double = 0, signal: Signal,
        frames: Frames = Frames(), recording: Recording? = nil, pushes: [Push] = [], outlets: [Outlet]? = nil,
        top: [ClassScore] = [], isRecognised: Bool = true
    ) {
        self.pushes = pushes
        self.program = program
        self.source = source
        self.model = model
        self.width = width
        self.height = height
        self.framesPerSecond = framesPerSecond
        self.latencyMs = latencyMs
        self.mapAgeMs = mapAgeMs
        self.signal = signal
        self.frames = frames
        self.recording = recording
        self.outlets = outlets
        self.top = top
        self.isRecognised = isRecognised
    }
}

/// A class and how probable it is, or a thing and how sure the detector is of it.
package struct ClassScore: Codable, Sendable, Equatable {
    package var id: Int
    package var label: String
    /// 0...1.
    package var probability: Double
    /// Of a thing that is followed: its number over time.
    package var track: Int?
    /// Of a thing: `[x0, y0, x1, y1]`, in pixels of the input's picture.
    package var box: [Int]?
    /// Of a thing whose class is what a classifier says: what the detector says that it is.
    package var found: String?

    package init(
        id: Int, label: String, probability: Double, track: Int? = nil, box: [Int]? = nil, found: String? = nil
    ) {
        (self.track, self.box, self.found) = (track, box, found)
        self.id = id
        self.label = label
        self.probability = probability
    }
}
