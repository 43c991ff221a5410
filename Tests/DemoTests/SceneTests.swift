import Pipeline
import Testing

@testable import Demo

struct SceneTests {
    @Test func theSameSeedGivesTheSamePictureInAnyOrder() throws {
        let one = try Scene(settings())
        _ = try DrawnPicture(one, at: 4)
        let late = try DrawnPicture(one, at: 0.8)
        #expect(try DrawnPicture(Scene(settings()), at: 0.8) == late)
        #expect(try DrawnPicture(Scene(settings(seed: 2)), at: 0.8) != late)
    }

    @Test func anotherSeedGivesOtherPathsAndAnotherBackground() throws {
        let (one, other) = (try Scene(settings()), try Scene(settings(seed: 2)))
        #expect(try one.truth(at: 0.8)?.box != other.truth(at: 0.8)?.box)
        // Where one object has gone and the next has not come.
        let between = Scene.secondsPerObject
        #expect(try one.truth(at: between) == nil && other.truth(at: between) == nil)
        #expect(try DrawnPicture(one, at: between) != DrawnPicture(other, at: between))
    }

    @Test func theFirstFrameShowsAnObject() throws {
        #expect(try Scene(settings(objects: ["starfish"])).truth(at: 0)?.className == "starfish")
    }

    @Test func theBackgroundMovesAndIsNotPlain() throws {
        let scene = try Scene(settings())
        let between = (1...5).map { Double($0) * Scene.secondsPerObject }
        let pictures = try between.map { try DrawnPicture(scene, at: $0).pixels }
        #expect(Set(pictures).count == 5)
        #expect(pictures.allSatisfy { Set($0).count > 2000 })
    }

    @Test func objectsComeOneAfterTheOtherAndAgainOnOtherPaths() throws {
        let names = ["stop-sign", "butterfly", "sunflower"]
        let scene = try Scene(settings(objects: names))
        let middles = (0..<6).map { (Double($0) + 0.5) * Scene.secondsPerObject }
        let truths = try middles.compactMap { try scene.truth(at: $0) }
        #expect(
            truths.map(\.className) == ["stop sign", "butterfly", "sunflower", "stop sign", "butterfly", "sunflower"])
        #expect(zip(truths, truths.dropFirst(3)).allSatisfy { $0.box != $1.box })
    }

    @Test func anObjectIsInViewNearlyAllTheTime() throws {
        let scene = try Scene(settings())
        let times = frameTimes(10)
        let seen = try times.filter { try scene.truth(at: $0) != nil }
        #expect(seen.count >= times.count * 85 / 100)
    }

    /// The box against the drawing itself, painted in place without sprite, outline and shadow.
    @Test(arguments: Drawing.names)
    func boxesAreTightAroundWhatIsDrawn(name: String) throws {
        let drawing = try #require(Drawing.all.first { $0.name == name })
        for seed in UInt64(1)...2 {
            let scene = try Scene(settings(seed: seed, objects: [name]))
            for time in [0.2, 1.3] {
                let box = try #require(try scene.truth(at: time)?.box)
                let alone = try LoneObject(drawing, at: scene.moment(at: time).pose, width: 320, height: 180)
                let drawn = try #require(alone.box)
                // A pixel: the outline is taken before the object is turned and scaled.
                let sides = [(box.x0, drawn.x0), (box.y0, drawn.y0), (box.x1, drawn.x1), (box.y1, drawn.y1)]
                #expect(sides.allSatisfy { abs($0 - $1) <= 1 }, "\(box), drawn \(drawn)")
            }
        }
    }

    @Test(arguments: Drawing.names)
    func thePictureShowsTheObjectInItsBox(name: String) throws {
        let drawing = try #require(Drawing.all.first { $0.name == name })
        let scene = try Scene(settings(objects: [name]))
        let picture = try DrawnPicture(scene, at: 0.8)
        let alone = try LoneObject(drawing, at: scene.moment(at: 0.8).pose, width: 320, height: 180).pixels
        var (sum, count) = (0, 0)
        for place in alone.indices where alone[place] >> 24 == 255 {
            for shift in [0, 8, 16] as [UInt32] {
                sum += abs(Int(picture.pixels[place] >> shift & 255) - Int(alone[place] >> shift & 255))
                count += 1
            }
        }
        #expect(count > 3 * 1000)
        // Levels of 255, as a mean: the sprite is filtered, the lone object is drawn sharp.
        #expect(Double(sum) / Double(count) < 16)
    }

    @Test func objectsStayInThePictureAndDifferInSize() throws {
        for (width, height) in [(320, 180), (180, 320), (160, 160)] {
            let scene = try Scene(settings(width: width, height: height, seed: 3))
            var lengths: [Int] = []
            for time in stride(from: 0, to: 20, by: 0.1) {
                guard let box = try scene.truth(at: time)?.box else { continue }
                #expect(box.x0 >= 0 && box.y0 >= 0 && box.x1 <= width && box.y1 <= height, "\(time): \(box)")
                lengths.append(max(box.x1 - box.x0, box.y1 - box.y0))
            }
            let shorter = min(width, height)
            let smallest = try #require(lengths.min())
            let largest = try #require(lengths.max())
            #expect(smallest < shorter * 55 / 100 && largest > shorter * 75 / 100)
        }
    }

    @Test func objectsMoveWithoutJumps() throws {
        let scene = try Scene(settings(width: 640, height: 360))
        var moved = 0
        for time in frameTimes(10) {
            guard let before = try scene.truth(at: time), let after = try scene.truth(at: time + 1 / 30),
                before.className == after.className
            else { continue }
            let (from, to) = (middle(before.box), middle(after.box))
            let (x, y) = (abs(to.x - from.x), abs(to.y - from.y))
            #expect(x <= 12 && y <= 12, "\(time)")
            if x + y > 1 { moved += 1 }
        }
        #expect(moved > 150)
    }

    @Test(arguments: [(16, 16), (65, 33), (64, 64), (1600, 16), (16, 1600)])
    func anySizeCanBeDrawn(width: Int, height: Int) throws {
        let scene = try Scene(settings(width: width, height: height))
        let picture = try DrawnPicture(scene, at: 0.8)
        #expect(Set(picture.pixels).count > 50)
        let box = try #require(try scene.truth(at: 0.8)?.box)
        #expect(box.x1 > box.x0 && box.y1 > box.y0)
    }

    private func middle(_ box: PixelBox) -> (x: Int, y: Int) { ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2) }
}
