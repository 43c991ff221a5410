import CFFmpeg
import Pipeline
import TestSupport
import Testing

@testable import Overlay

struct LabelTests {
    /// White, black, and noise, in several formats and sizes; the font grows with the picture.
    @Test(
        arguments: ["yuv420p", "yuv422p10le", "gbrp"], [(320, 180), (600, 400)])
    func labelHasContrastOnAnyGround(_ name: String, _ size: (Int, Int)) throws {
        let format = videoFormat(name, width: size.0, height: size.1)
        let layout = try #require(PixelLayout(format.pixelFormat))
        let (black, white) =
            layout.isRGB ? (0, 255) : (16 << (layout.bitsPerSample - 8), 235 << (layout.bitsPerSample - 8))
        let neutral = 1 << (layout.bitsPerSample - 1)
        var config = OverlayConfig.heat(.attention)
        config.labels = .top1
        for ground in [black, white] {
            let painter = try Painter(config, input: format)
            let source = try picture(format) { plane, _, _ in plane == 0 || layout.isRGB ? ground : neutral }
            let luma = try samples(try painter.paint(explained(source, [])))[0]
            let touched = rectangle(luma, differingFrom: ground)
            // In the top left corner, a line high, and not over all of the picture's width.
            let box = try #require(touched)
            #expect(box.y1 < size.1 / 6 && box.x0 < size.0 / 10 && box.x1 < size.0 * 3 / 4)
            #expect(box.y1 - box.y0 > size.1 / 25)
            let inside = luma[box.y0..<box.y1].flatMap { $0[box.x0..<box.x1] }
            let contrast = (inside.max() ?? 0) - (inside.min() ?? 0)
            #expect(contrast > (white - black) * 9 / 10)
            // Anti-aliased: more than a few shades between the ground and the letters.
            #expect(Set(inside).count > 20)
        }
    }

    @Test func outlinedLettersStandOnTheirGround() throws {
        let format = videoFormat("yuv444p", width: 640, height: 360)
        var config = OverlayConfig.heat(.attention)
        config.labels = .top1
        let source = try picture(format) { plane, _, _ in plane == 0 ? 235 : 128 }
        let luma = try samples(try Painter(config, input: format).paint(explained(source, [])))[0]
        let box = try #require(rectangle(luma, differingFrom: 235))
        let inside = luma[box.y0..<box.y1].flatMap { $0[box.x0..<box.x1] }
        // Letters, their outline, and the ground, which is neither.
        #expect(inside.contains { $0 > 230 } && inside.contains { $0 < 45 })
        #expect(inside.count { (90...130).contains($0) } > inside.count / 3)
    }

    @Test func longNameIsShortenedToFitAndKeepsItsProbability() throws {
        let format = videoFormat("yuv420p", width: 320, height: 180)
        var config = OverlayConfig.heat(.attention)
        config.labels = .top1
        func width(_ name: String) throws -> Int {
            let source = try picture(format) { plane, _, _ in plane == 0 ? 16 : 128 }
            let painter = try Painter(config, input: format)
            let luma = try samples(try painter.paint(explained(source, [], names: [name])))[0]
            return try #require(rectangle(luma, differingFrom: 16)).x1
        }
        let short = try width("cat")
        let long = try width(String(repeating: "a cat with a long name ", count: 20))
        #expect(short < 160)
        #expect(long > 250 && long <= 316)
        // The end is the same: the probability.
        #expect(try width("") < short)
    }

    @Test func theAgeOfAnOldMapIsALineOfItsOwn() throws {
        let format = videoFormat("yuv420p", width: 640, height: 360)
        func height(_ labels: OverlayConfig.Labels, mapAge: Double, isHeld: Bool = false) throws -> Int {
            var config = OverlayConfig.heat(.attention)
            config.labels = labels
            let source = try picture(format) { plane, _, _ in plane == 0 ? 16 : 128 }
            let top = [Prediction(classID: 0, label: "cat", probability: 0.5)]
            let luma = try samples(
                try Painter(config, input: format).paint(
                    Explained(frame: source, top: top, observations: [], mapAge: mapAge, isHeld: isHeld)))[0]
            return rectangle(luma, differingFrom: 16)?.y1 ?? 0
        }
        #expect(try height(.top1, mapAge: 0.28) > height(.top1, mapAge: 0.08) * 3 / 2)
        // Whoever wants no words gets none.
        #expect(try height(.none, mapAge: 0.28) == 0)
        // What still holds is not old.
        #expect(try height(.top1, mapAge: 0.28, isHeld: true) == height(.top1, mapAge: 0))
    }

    @Test func fiveLinesAreDrawnForFiveClasses() throws {
        let format = videoFormat("yuv420p", width: 640, height: 360)
        var config = OverlayConfig.heat(.attention)
        func height(_ labels: OverlayConfig.Labels, _ names: [String]) throws -> Int {
            config.labels = labels
            let source = try picture(format) { plane, _, _ in plane == 0 ? 16 : 128 }
            let painter = try Painter(config, input: format)
            let luma = try samples(try painter.paint(explained(source, [], names: names)))[0]
            return rectangle(luma, differingFrom: 16)?.y1 ?? 0
        }
        let names = ["Egyptian cat", "tabby", "tiger cat", "lynx", "plastic bag"]
        let one = try height(.top1, names)
        let five = try height(.top5, names)
        let two = try height(.top5, Array(names[..<2]))
        #expect(one > 10 && two > one && five > 3 * one && five < 6 * one)
        #expect(try height(.none, names) == 0)
    }

    @Test func changedTextIsDrawnAnewAndSameTextIsTheSame() throws {
        let format = videoFormat("yuv420p", width: 640, height: 360)
        var config = OverlayConfig.heat(.attention)
        config.labels = .top1
        let painter = try Painter(config, input: format)
        func draw(_ name: String) throws -> [[[Int]]] {
            let source = try picture(format) { plane, _, _ in plane == 0 ? 100 : 128 }
            return try samples(try painter.paint(explained(source, [], names: [name])))
        }
        let cat = try draw("Egyptian cat")
        #expect(try draw("Egyptian cat") == cat)
        #expect(try draw("tabby") != cat)
        #expect(try draw("Egyptian cat") == cat)
    }

    @Test func labelIsAboutTheClassThatTheHeatIsAbout() throws {
        let format = videoFormat("yuv420p", width: 640, height: 360)
        var config = OverlayConfig.heat(.attention)
        config.labels = .top1
        let top = [Prediction(classID: 1, label: "tabby", probability: 0.9)]
        let chosen = Prediction(classID: 2, label: "lynx", probability: 0.01)
        let cold = Heatmap(height: 1, width: 1, values: [0], region: Region(x: 0, y: 0, width: 640, height: 360))
        let grey = { try picture(format) { plane, _, _ in plane == 0 ? 100 : 128 } }
        let drawn = try samples(
            try Painter(config, input: format).paint(
                Explained(frame: try grey(), top: top, observations: [Observation(prediction: chosen, heatmap: cold)])))
        let expected = try samples(
            try Painter(config, input: format).paint(Explained(frame: try grey(), top: [chosen], observations: [])))
        #expect(drawn == expected)
    }

    @Test(arguments: [OverlayConfig.Labels.top1, .top5])
    func whatAClassIsToldApartFromIsALineOfItsOwn(labels: OverlayConfig.Labels) throws {
        let format = videoFormat("yuv420p", width: 640, height: 360)
        var config = OverlayConfig.heat(.attention)
        config.labels = labels
        let cat = Prediction(classID: 1, label: "Egyptian cat", probability: 0.9)
        let tabby = Prediction(classID: 2, label: "tabby", probability: 0.05)
        let cold = Heatmap(height: 1, width: 1, values: [0], region: Region(x: 0, y: 0, width: 640, height: 360))
        func height(_ versus: Prediction?, isRecognised: Bool = true) throws -> Int {
            let source = try picture(format) { plane, _, _ in plane == 0 ? 16 : 128 }
            let luma = try samples(
                try Painter(config, input: format).paint(
                    Explained(
                        frame: source, top: [cat],
                        observations: [Observation(prediction: cat, heatmap: cold, versus: versus)],
                        isRecognised: isRecognised)))[0]
            return rectangle(luma, differingFrom: 16)?.y1 ?? 0
        }
        let alone = try height(nil)
        #expect(try height(tabby) > alone * 3 / 2)
        #expect(try height(tabby, isRecognised: false) == height(nil, isRecognised: false))
        #expect(LabelLine(versus: tabby).name == "versus tabby" && LabelLine(versus: tabby).value == " 5.0 %")
    }

    @Test(arguments: [
        ("/nowhere/font.ttf", "cannot read the font /nowhere/font.ttf: "),
        ("No Such Family", "no font is called 'No Such Family': "),
    ])
    func missingFontIsOneClearLine(_ font: String, _ beginning: String) {
        var config = OverlayConfig()
        config.font = font
        #expect {
            _ = try Painter(config, input: videoFormat("yuv420p", width: 64, height: 64))
        } throws: { error in
            let line = "\(error)"
            return error is OverlayError && line.hasPrefix(beginning) && !line.contains("\n")
        }
        config.labels = .none
        #expect(throws: Never.self) { try Painter(config, input: videoFormat("yuv420p", width: 64, height: 64)) }
    }

    @Test func overAnEmptySceneNoClassIsNamed() throws {
        let format = videoFormat("yuv420p", width: 640, height: 360)
        func drawn(_ name: String, _ labels: OverlayConfig.Labels, isRecognised: Bool) throws -> [[Int]] {
            var config = OverlayConfig.heat(.attention)
            config.labels = labels
            let grey = try picture(format) { plane, _, _ in plane == 0 ? 100 : 128 }
            let top = [Prediction(classID: 1, label: name, probability: 0.001)]
            return try samples(
                try Painter(config, input: format).paint(
                    Explained(frame: grey, top: top, observations: [], isRecognised: isRecognised)))[0]
        }
        #expect(try drawn("yin-yang", .top1, isRecognised: false) == drawn("cat", .top1, isRecognised: false))
        #expect(try drawn("cat", .top1, isRecognised: true) != drawn("cat", .top1, isRecognised: false))
        // A list stays a list, below the remark.
        let (with, without) = (
            try drawn("cat", .top5, isRecognised: false), try drawn("cat", .top5, isRecognised: true)
        )
        #expect(rectangle(with, differingFrom: 100)!.y1 > rectangle(without, differingFrom: 100)!.y1 + 10)
    }

    @Test func theProbabilityThatIsPrintedIsTheSmoothedOne() throws {
        let format = videoFormat("yuv420p", width: 640, height: 360)
        var config = OverlayConfig.heat(.attention)
        config.labels = .top1
        func drawn(_ probability: Float, printed: [Int: Float] = [:]) throws -> [[Int]] {
            let grey = try picture(format) { plane, _, _ in plane == 0 ? 100 : 128 }
            let top = [Prediction(classID: 1, label: "cat", probability: probability)]
            return try samples(
                try Painter(config, input: format).paint(
                    Explained(frame: grey, top: top, observations: [], printed: printed)))[0]
        }
        #expect(try drawn(0.9, printed: [1: 0.5]) == drawn(0.5))
    }
}
