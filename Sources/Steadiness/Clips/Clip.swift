package import Demo
package import Pipeline

/// A short clip that is drawn, and of which everything is known: each picture is a view of a plate, maybe with an object.
package struct Clip: Sendable, Equatable {
    /// One picture.
    package struct Shot: Sendable, Equatable {
        /// Number of the plate.
        package var plate: Int
        package var view: Stage.View
        package var object: Stage.Placement?

        package init(plate: Int, view: Stage.View, object: Stage.Placement? = nil) {
            (self.plate, self.view, self.object) = (plate, view, object)
        }
    }

    /// What happens in it.
    package enum Subject: String, Sendable, CaseIterable {
        /// Nothing moves; the sensor's noise changes.
        case still = "static"
        case pan, zoom
        /// An object moves over a background that stands.
        case object
        /// The object is here, then there.
        case step
        /// One picture after the other, each for a second.
        case cuts
    }

    package let subject: Subject
    package let shots: [Shot]
    /// Standard deviation of the sensor's noise, in steps of 255.
    package var noise: Double { subject == .still ? 4 : 0 }

    package static let framesPerSecond = 30

    /// Which pictures are the first ones of a step or after a cut.
    package var jumps: [Int] {
        switch subject {
        case .step, .cuts:
            shots.indices.dropFirst().filter { shots[$0] != shots[$0 - 1] }
        case .still, .pan, .zoom, .object: []
        }
    }

    /// - Parameters:
    ///   - plates: how many there are; the last one is the background of objects.
    ///   - plateWidth, plateHeight: twice the picture's.
    package static func make(_ subject: Subject, plates: Int, plateWidth: Double, plateHeight: Double) -> Clip {
        let all = Stage.View(x: plateWidth / 2, y: plateHeight / 2, scale: 0.5)
        // Of the picture.
        let (width, height) = (plateWidth / 2, plateHeight / 2)
        func object(_ x: Double) -> Stage.Placement {
            Stage.Placement(x: width * x, y: height * 0.5, size: height * Self.objectSize)
        }
        func clip(seconds: Int, _ shot: (Double) -> Shot) -> Clip {
            let count = seconds * framesPerSecond
            return Clip(subject: subject, shots: (0..<count).map { shot(Double($0) / Double(count - 1)) })
        }
        switch subject {
        case .still:
            return clip(seconds: 3) { _ in Shot(plate: 0, view: all) }
        case .pan:
            let scale = 0.7
            let half = width / 2 / scale
            return clip(seconds: 3) { time in
                Shot(
                    plate: 0,
                    view: Stage.View(x: half + (plateWidth - 2 * half) * time, y: plateHeight / 2, scale: scale))
            }
        case .zoom:
            return clip(seconds: 3) { time in
                var view = all
                view.scale = 0.5 + 0.35 * time
                return Shot(plate: 0, view: view)
            }
        case .object:
            return clip(seconds: 3) { time in
                Shot(plate: plates - 1, view: all, object: object(0.25 + 0.5 * time))
            }
        case .step:
            return clip(seconds: 2) { time in
                Shot(plate: plates - 1, view: all, object: object(time < 0.5 ? 0.25 : 0.75))
            }
        case .cuts:
            let scenes = max(2, plates - 1)
            return clip(seconds: scenes) { time in
                Shot(plate: min(Int(time * Double(scenes)), scenes - 1), view: all)
            }
        }
    }

    /// Half of the object's longer side, in heights of the picture.
    package static let objectSize = 0.32
}

extension Clip {
    /// Of each picture from the one before; nil: of the first one, and where nothing of the picture was there before.
    ///
    /// - Parameter box: around an object.
    package func motions(
        width: Int, height: Int, box: (Stage.Placement) -> PixelBox?
    ) -> [Motion?] {
        shots.indices.map { index in
            guard index > 0 else { return nil }
            let (before, now) = (shots[index - 1], shots[index])
            guard before.plate == now.plate, !jumps.contains(index) else { return nil }
            if let from = before.object, let to = now.object, from != to, before.view == now.view {
                guard let from = box(from), let to = box(to) else { return nil }
                return .object(from: from, to: to)
            }
            guard before.view != now.view else { return .still }
            // Through the plate: (p - middle) / now.scale + now.place is a place of the plate.
            let middle = SIMD2(Double(width), Double(height)) / 2
            let scale = before.view.scale / now.view.scale
            let way = SIMD2(now.view.x - before.view.x, now.view.y - before.view.y) * before.view.scale
            return .camera(scale: scale, offset: middle - middle * scale + way)
        }
    }
}
