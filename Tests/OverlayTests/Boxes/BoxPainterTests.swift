import CFFmpeg
import Pipeline
import TestSupport
import Testing

@testable import Overlay

struct BoxPainterTests {
    private let format = videoFormat("yuv444p", width: 640, height: 360, ColourTags(matrix: AVCOL_SPC_BT709))

    private func thing(
        _ box: PixelBox?, _ name: String = "dog", track: Int? = nil, classID: Int = 0, _ probability: Float = 0.91
    ) -> Observation {
        let cold = Heatmap(height: 1, width: 1, values: [0], region: Region(x: 0, y: 0, width: 640, height: 360))
        return Observation(
            prediction: Prediction(classID: classID, label: name, probability: probability), heatmap: cold, box: box,
            track: track)
    }

    private func paint(
        _ things: [Observation], labels: OverlayConfig.Labels = .none, layout: OverlayConfig.Layout = .overlay,
        format: VideoFormat? = nil, _ change: (inout OverlayConfig) -> Void = { _ in }
    ) throws -> [[[Int]]] {
        var config = OverlayConfig.heat(.attention, opacity: 0)
        (config.labels, config.layout) = (labels, layout)
        change(&config)
        let format = format ?? self.format
        let source = try picture(format) { plane, _, _ in plane == 0 ? 100 : 128 }
        return try samples(
            try Painter(config, input: format).paint(
                Explained(frame: source, top: things.map(\.prediction), observations: things)))
    }

    /// The samples of a colour in this format.
    private func codes(_ colour: RGB) throws -> [Int] {
        let codes = CodeValues(format, try #require(PixelLayout(format.pixelFormat)))
        return (0..<3).map { Int(codes.sample(colour, plane: $0)) }
    }

    @Test func aBoxHasLinesOfItsColourAndNothingInside() throws {
        let planes = try paint([thing(PixelBox(x0: 100, y0: 80, x1: 300, y1: 200))])
        let colour = try codes(BoxColour.of(0))
        for (x, y) in [(100, 140), (299, 140), (200, 80), (200, 199), (101, 81)] {
            #expect((0..<3).map { planes[$0][y][x] } == colour, "\(x), \(y)")
        }
        // Dark beside the lines, as it was inside and outside.
        #expect(planes[0][140][99] < 80 && planes[0][140][102] < 80)
        #expect(planes[0][140][110] == 100 && planes[0][140][95] == 100 && planes[1][140][200] == 128)
    }

    @Test func linesGrowWithThePicture() throws {
        func line(_ width: Int, _ height: Int) throws -> Int {
            let large = videoFormat("yuv444p", width: width, height: height, ColourTags(matrix: AVCOL_SPC_BT709))
            let box = PixelBox(x0: width / 4, y0: height / 4, x1: width / 2, y1: height / 2)
            let planes = try paint([thing(box)], format: large)
            let colour = try codes(BoxColour.of(0))
            return planes[0][height * 3 / 8][..<(width / 3)].indices.count { x in
                (0..<3).allSatisfy { planes[$0][height * 3 / 8][x] == colour[$0] }
            }
        }
        #expect(try line(640, 360) == 2)
        #expect(try line(1920, 1080) == 5)
    }

    @Test func anObjectKeepsItsColourAndOthersHaveTheirs() throws {
        let box = PixelBox(x0: 100, y0: 80, x1: 300, y1: 200)
        func colour(_ thing: Observation) throws -> [Int] {
            let planes = try paint([thing])
            return (0..<3).map { planes[$0][140][100] }
        }
        #expect(try colour(thing(box, track: 4, classID: 1)) == colour(thing(box, track: 4, classID: 2)))
        #expect(try colour(thing(box, track: 4)) != colour(thing(box, track: 5)))
        #expect(try colour(thing(box, classID: 1)) != colour(thing(box, classID: 2)))
        // Whoever is on the picture at the same time differs well.
        let colours = (1...8).map(BoxColour.of)
        for (number, one) in colours.enumerated() {
            for other in colours[..<number] {
                let way = abs(one.red - other.red) + abs(one.green - other.green) + abs(one.blue - other.blue)
                #expect(way > 0.25)
            }
        }
    }

    @Test func captionsStandAtTheBoxInsteadOfTheListOfClasses() throws {
        let box = PixelBox(x0: 100, y0: 80, x1: 300, y1: 200)
        let planes = try paint([thing(box, track: 3)], labels: .top5)
        // Nothing in the picture's corner, where the list would be.
        #expect(planes[0][..<40].allSatisfy { $0.allSatisfy { $0 == 100 } })
        let above = planes[0][56..<78].flatMap { $0[104..<160] }
        #expect(Set(above).count > 20)
        #expect(try paint([thing(box, track: 3)], labels: .top1) == planes)
        #expect(try paint([thing(nil)], labels: .top5)[0][..<40].contains { $0.contains { $0 != 100 } })
        let plain = try paint([thing(box, track: 3)], labels: .none)
        #expect(plain[0][56..<78].allSatisfy { $0[104..<160].allSatisfy { $0 == 100 } })
    }

    @Test(arguments: ["yuv420p", "yuv411p", "yuv422p10le", "gbrp"])
    func boxesAtAndBeyondTheEdgesStayInThePicture(_ name: String) throws {
        let odd = videoFormat(name, width: 323, height: 181, ColourTags(matrix: AVCOL_SPC_BT709))
        let boxes = [
            PixelBox(x0: -50, y0: -50, x1: 500, y1: 400), PixelBox(x0: 310, y0: 170, x1: 400, y1: 190),
            PixelBox(x0: 322, y0: 0, x1: 323, y1: 1), PixelBox(x0: 400, y0: 10, x1: 410, y1: 20),
            PixelBox(x0: 50, y0: 50, x1: 50, y1: 90),
        ]
        let planes = try paint(
            boxes.map { thing($0, "a long name of a class of things") }, labels: .top1, format: odd)
        #expect(planes[0].count == 181 && Set(planes[0].joined()).count > 5)
        // The first one's lines lie along the edges; the last two are not there.
        #expect(planes[0][90][1] != 100 && planes[0][90][321] != 100 && planes[0][70][50] == 100)
    }

    @Test func captionsDoNotCoverTheColourBar() throws {
        func bar(_ things: [Observation]) throws -> [[Int]] {
            try paint(things, labels: .top1) { $0.colourBar = true }[0].map { Array($0[610...]) }
        }
        let low = thing(PixelBox(x0: 500, y0: 280, x1: 600, y1: 300), "a long name of a class of things")
        #expect(try bar([low]) == bar([thing(PixelBox(x0: 20, y0: 280, x1: 120, y1: 300))]))
    }

    @Test func ofTheHotRegionThereIsNoBoxBesides() throws {
        let box = PixelBox(x0: 100, y0: 80, x1: 300, y1: 200)
        #expect(try paint([thing(box)]) { $0.box = true } == paint([thing(box)]))
    }

    @Test func eachTileHasTheBoxOfItsOwnThing() throws {
        let things = [
            thing(PixelBox(x0: 100, y0: 80, x1: 300, y1: 200)), thing(PixelBox(x0: 400, y0: 80, x1: 600, y1: 200)),
        ]
        let luma = try paint(things, layout: .grid)[0]
        // Half the size; the first tile shows the picture.
        func isLine(_ x: Int, _ y: Int) -> Bool { luma[y][x] != 100 }
        #expect(!isLine(50, 70) && isLine(320 + 50, 70) && !isLine(320 + 200, 70))
        #expect(!isLine(640 + 50, 70) && isLine(640 + 200, 70))
    }

    @Test func theAgeOfMapsIsWrittenWithBoxes() throws {
        let config = {
            var config = OverlayConfig.heat(.attention, opacity: 0)
            config.labels = .top1
            return config
        }()
        func corner(age: Double) throws -> Bool {
            let source = try picture(format) { plane, _, _ in plane == 0 ? 100 : 128 }
            let one = thing(PixelBox(x0: 100, y0: 80, x1: 300, y1: 200))
            let planes = try samples(
                try Painter(config, input: format).paint(
                    Explained(frame: source, top: [one.prediction], observations: [one], mapAge: age)))
            return planes[0][..<40].contains { $0.contains { $0 != 100 } }
        }
        #expect(try corner(age: 0.5) && !corner(age: 0))
    }

    @Test func captionsTellNameScoreAndNumber() {
        func text(_ thing: Observation) -> String { BoxCaption(thing).name + BoxCaption(thing).value }
        #expect(text(thing(nil, track: 3)) == "dog 0.91 #3")
        #expect(text(thing(nil, "cat", 0.049)) == "cat 0.05")
        // What a classifier says, unless that is a guess.
        var breed = thing(nil, "beagle", track: 3, 0.04)
        breed.found = Prediction(classID: 16, label: "dog", probability: 0.9)
        #expect(text(breed) == "beagle 0.04 #3")
        breed.isRecognised = false
        #expect(text(breed) == "dog 0.90 #3")
        #expect(text(thing(nil, "cat", 0.999)) == "cat 1.00" && text(thing(nil, "cat", .nan)) == "cat 0.00")
    }
}

struct LabelPlaceTests {
    private func place(_ box: PixelBox, avoiding others: [PixelBox] = [], width: Int = 320, height: Int = 240) -> [Int]
    {
        let place = LabelPlace.find(
            width: 80, height: 20, at: box, pictureWidth: width, pictureHeight: height, avoiding: others)
        #expect(place.x1 - place.x0 == 80 && place.y1 - place.y0 == 20)
        #expect(place.x0 >= 0 && place.y0 >= 0 && place.x0 % 4 == 0 && place.y0 % 4 == 0)
        return [place.x0, place.y0]
    }

    @Test func itStandsOnTheBoxWhereThereIsRoom() {
        #expect(place(PixelBox(x0: 100, y0: 100, x1: 200, y1: 200)) == [100, 80])
        #expect(place(PixelBox(x0: 101, y0: 103, x1: 200, y1: 200)) == [100, 80])
        // Inside at the top, where there is none above.
        #expect(place(PixelBox(x0: 100, y0: 10, x1: 200, y1: 200)) == [100, 12])
        // In the picture to the right.
        #expect(place(PixelBox(x0: 300, y0: 100, x1: 319, y1: 200)) == [240, 80])
    }

    @Test func itAvoidsOthersWhereItCan() {
        let box = PixelBox(x0: 100, y0: 100, x1: 200, y1: 200)
        let above = PixelBox(x0: 80, y0: 80, x1: 160, y1: 100)
        #expect(place(box, avoiding: [above]) == [100, 100])
        let inside = PixelBox(x0: 100, y0: 100, x1: 200, y1: 120)
        #expect(place(box, avoiding: [above, inside]) == [100, 200])
        // Where every place is taken, the one that covers least.
        let others = [
            above, inside, PixelBox(x0: 0, y0: 180, x1: 320, y1: 240), PixelBox(x0: 0, y0: 0, x1: 320, y1: 70),
        ]
        #expect(place(box, avoiding: others) == [120, 80])
        let all = PixelBox(x0: 0, y0: 0, x1: 320, y1: 210)
        #expect(place(box, avoiding: [all]) == [100, 220])
    }

    @Test func aPictureThatIsTooSmallStillHasAPlace() {
        #expect(place(PixelBox(x0: 0, y0: 0, x1: 30, y1: 10), width: 30, height: 10) == [0, 0])
    }
}
