import CMotion
import MotionScenes
import Testing

@testable import Tracking

/// Errors are in samples of the plane that is searched, 112 wide. Those asserted are about twice the measured ones.
struct MotionSearchTests {
    /// The error of each field between pictures 0 ... `pictures`.
    private func errors(_ motion: MotionCase, pictures: Int = 2) throws -> [MotionCase.Error] {
        let search = try #require(
            MotionSearch(width: motion.width, height: motion.height, channels: motion.channels))
        var field = search.makeField()
        var errors: [MotionCase.Error] = []
        for number in 0...pictures {
            motion.picture(number).withUnsafeBytes { search.next($0, into: &field) }
            try #require(field.isKnown == (number > 0))
            if number > 0 { errors.append(motion.error(of: field, at: number)) }
        }
        return errors
    }

    private func field(_ pictures: [[UInt8]], _ search: MotionSearch) -> MotionField {
        var field = search.makeField()
        for picture in pictures { picture.withUnsafeBytes { search.next($0, into: &field) } }
        return field
    }

    @Test(arguments: [0, 2, 4, 8] as [Float])
    func aStillPictureWithNoiseHasExactlyNoMotion(noise: Float) throws {
        let motion = MotionCase.still(noise: noise)
        let search = try #require(MotionSearch(width: 112, height: 112, channels: 1))
        let field = field((0..<4).map(motion.picture), search)
        #expect(field.isKnown)
        #expect(field.movingShare == 0)
        #expect(field.confidence.allSatisfy { $0 > 0.9 })
    }

    @Test(arguments: [
        MotionCase.pan(0.25, 0.1), .pan(1.5, -0.75, noise: 4), .pan(-5.3, 2.2, noise: 4), .pan(14, -3.5, noise: 8),
    ])
    func aPanIsFoundToAFractionOfASample(pan: MotionCase) throws {
        for error in try errors(pan) {
            #expect(error.mean < 0.05)
            #expect(error.largest < 0.1)
        }
    }

    @Test func aPanByAQuarterOfTheWidthIsFound() throws {
        let errors = try errors(.pan(28, 0, noise: 4), pictures: 1)
        #expect(errors[0].largest < 0.1)
    }

    @Test(arguments: [
        MotionCase.zoom(percent: 1), .zoom(percent: 3, noise: 4), .zoom(percent: -2, noise: 4),
    ])
    func aZoomMovesTheEdgesMoreThanTheMiddle(zoom: MotionCase) throws {
        for error in try errors(zoom) {
            #expect(error.mean < 0.04)
            #expect(error.largest < 0.1)
        }
    }

    @Test(arguments: [
        MotionCase.object(1, 0.5), .object(4, -2, noise: 4), .object(10, 0, noise: 4), .object(4, -2, noise: 8),
    ])
    func anObjectOverAStillBackgroundMovesAlone(object: MotionCase) throws {
        for error in try errors(object) {
            #expect(error.meanOfObject < 0.15)
            // What the object uncovers may be wrong.
            #expect(error.disturbed < 0.05)
        }
    }

    @Test func anObjectMovesAgainstAPan() throws {
        for error in try errors(.object(3, 0, background: (-2, 0), noise: 4)) {
            #expect(error.meanOfObject < 0.15)
            #expect(error.meanOfBackground < 0.05)
        }
    }

    @Test(arguments: [0, 4, 8] as [Float])
    func aFlatPictureHasNoMotion(noise: Float) throws {
        var motion = MotionCase.still(noise: noise)
        motion.scene.background = MovingTexture(seed: 1, contrast: 0)
        let search = try #require(MotionSearch(width: 112, height: 112, channels: 1))
        for pictures in 2...4 {
            search.forget()
            let field = field((0..<pictures).map(motion.picture), search)
            #expect(field.isKnown)
            #expect(field.movingShare == 0)
        }
    }

    @Test func flatPlacesGoWithTheCamera() throws {
        // A strip of texture, grey all around it.
        let pan = MotionCase.pan(3, 1)
        let pictures = (0..<2).map { number in
            pan.picture(number).enumerated().map { (30 * 112..<80 * 112).contains($0.offset) ? $0.element : 128 }
        }
        let search = try #require(MotionSearch(width: 112, height: 112, channels: 1))
        let field = field(pictures, search)
        let (inFlat, inTexture) = (13 * field.columns + 7, 6 * field.columns + 7)
        #expect(abs(field.dx[inTexture] * 112 - 3) < 0.2)
        #expect(abs(field.dx[inFlat] - field.dx[inTexture]) < 0.5 / 112)
        #expect(field.confidence[inFlat] > 0.9)
    }

    @Test(arguments: [0.7, 1.3] as [Float])
    func aChangeOfBrightnessIsNoMotion(gain: Float) throws {
        for motion in [MotionCase.still(noise: 2), .pan(1.5, -0.75, noise: 2)] {
            var later = motion
            (later.scene.gain, later.scene.offset) = (gain, gain < 1 ? 20 : -30)
            let search = try #require(MotionSearch(width: 112, height: 112, channels: 1))
            let field = field([motion.picture(0), later.picture(1)], search)
            #expect(field.isKnown)
            #expect(motion.error(of: field, at: 1).largest < 0.1)
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func afterACutNothingIsKnownForOnePicture(seed: UInt64) throws {
        var motion = MotionCase.pan(2, 0, noise: 2)
        motion.scene.background = MovingTexture(seed: seed)
        motion.cut = 2
        let search = try #require(MotionSearch(width: 112, height: 112, channels: 1))
        var field = search.makeField()
        let known = (0..<4).map { number in
            motion.picture(number).withUnsafeBytes { search.next($0, into: &field) }
            if number == 2 { #expect(field.movingShare == 0 && field.confidence.allSatisfy { $0 == 0 }) }
            return field.isKnown
        }
        #expect(known == [false, true, false, true])
        #expect(motion.error(of: field, at: 3).mean < 0.05)
    }

    @Test func afterForgettingNothingIsKnown() throws {
        let search = try #require(MotionSearch(width: 112, height: 112, channels: 1))
        let picture = MotionCase.still(noise: 0).picture(0)
        #expect(field([picture, picture], search).isIdentity)
        search.forget()
        #expect(!field([picture], search).isKnown)
    }

    @Test func aColourPictureIsShrunkToTheSamePlane() throws {
        var motion = MotionCase.pan(1.5, -0.75)
        (motion.width, motion.height, motion.channels) = (224, 224, 3)
        for error in try errors(motion, pictures: 1) { #expect(error.mean < 0.05) }
    }

    @Test func sizesThatDoNotDivideAreSearched() throws {
        var motion = MotionCase.pan(2, 1)
        (motion.width, motion.height) = (299, 173)
        for error in try errors(motion, pictures: 1) { #expect(error.mean < 0.1) }
    }

    @Test func aBorderDoesNotHoldThePictureBack() throws {
        // A wide picture in a square input: the field covers all of it.
        var motion = MotionCase.pan(3, 0)
        (motion.width, motion.height) = (112, 64)
        let pictures = (0..<2).map { number in
            [UInt8](repeating: 114, count: 24 * 112) + motion.picture(number) + [UInt8](repeating: 114, count: 24 * 112)
        }
        let part = MotionSearch.Part(x: 0, y: 24, width: 112, height: 64)
        let search = try #require(MotionSearch(width: 112, height: 112, channels: 1, part: part))
        let field = field(pictures, search)
        #expect((field.columns, field.rows) == (14, 14))
        #expect(field.dx.allSatisfy { abs($0 * 112 - 3) < 0.1 })
        #expect(field.dy.allSatisfy { abs($0 * 112) < 0.1 })
    }

    @Test func aPictureThatIsTooSmallIsNotSearched() {
        #expect(MotionSearch(width: 15, height: 40, channels: 3) == nil)
        #expect(MotionSearch(width: 32, height: 32, channels: 3) != nil)
    }

    @Test func smallPicturesAreSearched() throws {
        var motion = MotionCase.pan(3.5, 0)
        motion.scene.background = MovingTexture(seed: 1, finest: 10)
        (motion.width, motion.height) = (32, 32)
        // 3.5 of 112 are one pixel here.
        for error in try errors(motion, pictures: 1) { #expect(error.mean < 0.35) }
    }

    @Test func allVersionsOfTheLoopsFindTheSame() throws {
        let motion = MotionCase.object(4, -2, background: (1, 0), noise: 4)
        let pictures = (0..<3).map(motion.picture)
        let fields = [cmotion_generic, cmotion_avx2].filter { cmotion_can_run($0) != 0 }.compactMap { version in
            MotionSearch(width: 112, height: 112, channels: 1, part: nil, version: version)
                .map { field(pictures, $0) }
        }
        #expect(!fields.isEmpty)
        #expect(fields.allSatisfy { $0 == fields[0] })
    }

    @Test func aFieldKeepsItsMemory() throws {
        let motion = MotionCase.pan(1, 0)
        let search = try #require(MotionSearch(width: 112, height: 112, channels: 1))
        var field = search.makeField()
        func addresses() -> [UnsafePointer<Float>?] {
            [field.dx, field.dy, field.confidence].map { $0.withUnsafeBufferPointer(\.baseAddress) }
        }
        let before = addresses()
        for number in 0..<3 { motion.picture(number).withUnsafeBytes { search.next($0, into: &field) } }
        field.setUnknown()
        #expect(addresses() == before)
    }
}

extension MotionCase: CustomTestStringConvertible {
    public var testDescription: String { name }
}
