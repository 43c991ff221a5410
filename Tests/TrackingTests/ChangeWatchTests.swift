import Pipeline
import Testing

@testable import Tracking

@Suite struct ChangeWatchTests {
    private let side = 224

    /// A textured picture, 8-bit grey, with noise and a square.
    private func picture(
        noise: Double = 0, seed: UInt64 = 1, squareAt x: Int? = nil, level: UInt8 = 220, brighter: UInt8 = 0
    ) -> [UInt8] {
        var random = SplitMix64(seed)
        var pixels = [UInt8](repeating: 0, count: side * side)
        pixels.withUnsafeMutableBufferPointer { pixels in
            for row in 0..<side {
                for column in 0..<side {
                    var value = UInt8(80 + (row / 16 + column / 16) % 3 * 40) + brighter
                    if let x, (x..<x + 40).contains(column), (60..<100).contains(row) { value = level }
                    pixels[row * side + column] = value
                }
            }
            guard noise > 0 else { return }
            for index in pixels.indices {
                // The sum of four bytes is nearly normal, with a deviation of 148.
                let bits = random.next()
                let sum = Int(bits & 255) + Int(bits >> 8 & 255) + Int(bits >> 16 & 255) + Int(bits >> 24 & 255) - 510
                pixels[index] = UInt8(min(max(Double(pixels[index]) + Double(sum) / 148 * noise, 0), 255))
            }
        }
        return pixels
    }

    private func differs(_ watch: ChangeWatch, _ picture: [UInt8]) -> Bool {
        picture.withUnsafeBytes { watch.differs($0) }
    }

    private var watch: ChangeWatch { ChangeWatch(width: side, height: side, channels: 1) }

    @Test func theFirstPictureDiffersUntilItIsKept() {
        let watch = watch
        #expect(differs(watch, picture()))
        #expect(differs(watch, picture()))
        watch.keep()
        #expect(!differs(watch, picture()))
        watch.forget()
        #expect(differs(watch, picture()))
    }

    @Test(arguments: [0.0, 2, 8]) func aStillPictureWithNoiseIsTheSame(_ noise: Double) {
        let watch = watch
        _ = differs(watch, picture(noise: noise, seed: 1))
        watch.keep()
        let changed = (2...16).count { differs(watch, picture(noise: noise, seed: $0)) }
        #expect(changed == 0)
    }

    @Test func aThingThatComesOrMovesIsAChangeThoughThereIsNoise() {
        let watch = watch
        _ = differs(watch, picture(noise: 4, seed: 1))
        watch.keep()
        for seed: UInt64 in 2...10 { #expect(!differs(watch, picture(noise: 4, seed: seed))) }
        #expect(differs(watch, picture(noise: 4, seed: 11, squareAt: 20)))
        watch.keep()
        #expect(!differs(watch, picture(noise: 4, seed: 12, squareAt: 20)))
        #expect(differs(watch, picture(noise: 4, seed: 13, squareAt: 44)))
    }

    @Test func manySmallStepsAreAChangeInTheEnd() {
        let watch = watch
        _ = differs(watch, picture(squareAt: 20, level: 200))
        watch.keep()
        // Each picture is nearly its neighbour.
        let changed = (1...6).map { differs(watch, picture(squareAt: 20, level: 200 + 2 * UInt8($0))) }
        #expect(changed == [false, false, true, true, true, true])
    }

    @Test func aChangeOfBrightnessAloneIsNone() {
        let watch = watch
        _ = differs(watch, picture())
        watch.keep()
        #expect(!differs(watch, picture(brighter: 12)))
    }

    @Test(arguments: [(16, 16, 1), (5, 3, 3), (32, 300, 3), (1, 1, 1)])
    func anySizeWillDo(_ width: Int, _ height: Int, _ channels: Int) {
        let watch = ChangeWatch(width: width, height: height, channels: channels)
        let dark = [UInt8](repeating: 20, count: width * height * channels)
        _ = differs(watch, dark)
        watch.keep()
        #expect(!differs(watch, dark))
    }

    @Test func theNoiseIsEstimated() {
        let watch = watch
        for seed: UInt64 in 1...40 { _ = differs(watch, picture(noise: 8, seed: seed)) }
        // A block is the mean of 64 pixels.
        #expect(abs(watch.noise - 1) < 0.2, "\(watch.noise)")
    }
}
