import Foundation
import TestSupport
import Testing

/// `camstream compare`, with the built program.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct CompareCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func compare(_ options: [String], model: String = Clips.model) throws -> Program {
        try Program.run(["compare", "-m", model, "-o", folder.file("sheet.png")] + options)
    }

    private func size(_ name: String) throws -> (width: Int, height: Int) {
        let numbers = try FFmpegTool.probe(["-show_entries", "stream=width,height", folder.file(name)])
            .split(separator: "\n").compactMap { Int($0) }
        try #require(numbers.count == 2)
        return (numbers[0], numbers[1])
    }

    /// The middle of what is red in a row of a picture, between two columns; nil: nothing is.
    private func redMiddle(_ rgb: ArraySlice<UInt8>, width: Int, row: Int, _ columns: Range<Int>) -> Double? {
        let red = columns.filter { column in
            let place = rgb.startIndex + (row * width + column) * 3
            return rgb[place] > 180 && rgb[place + 1] < 80
        }
        guard let first = red.first, let last = red.last else { return nil }
        return Double(first + last + 1) / 2 - Double(columns.lowerBound)
    }

    @Test func withoutMethodsThoseThatWorkAreComparedAndEqualOnesAreNoted() throws {
        let run = try compare(["-i", try Clips.photo.get()])
        #expect(run.status == 0, "\(run.standardError)")
        // On a GAP head these are CAM.
        for name in ["Grad-CAM", "HiResCAM", "XGrad-CAM"] {
            #expect(run.standardError.contains("\(name): ") && run.standardError.contains("the same map as CAM"))
        }
        #expect(run.standardError.contains("maps of "))
        let (width, height) = try size("sheet.png")
        #expect(width > 1200 && height > 400)
        #expect(try folder.contents() == ["sheet.png"])
    }

    @Test func theFrameOfAVideoIsTheOneAtItsTime() throws {
        let clip = try FFmpegTool.rawVideo(try Clips.red.get(), pixelFormat: "rgb24")
        for (time, frame) in [("0.2", 2), ("1.55", 15)] {
            let run = try compare(["-i", try Clips.red.get(), "--at", time, "--methods", "cam,gradcam++", "--force"])
            #expect(run.status == 0 && run.standardError.contains("2 maps of red"), "\(run.standardError)")
            // A square of 40 pixels, which moves by 5 from frame to frame, in the middle of 160x120.
            let size = 160 * 120 * 3
            let expected = redMiddle(clip[frame * size..<(frame + 1) * size], width: 160, row: 60, 0..<160)
            // The sheet's first tile is 400 pixels wide, below a head of some 100.
            let sheet = try FFmpegTool.rawVideo(folder.file("sheet.png"), pixelFormat: "rgb24")
            let found = redMiddle(sheet[...], width: try self.size("sheet.png").width, row: 250, 24..<424)
            #expect(abs(try #require(found) * 160 / 400 - (try #require(expected))) < 1.5, "frame \(frame)")
        }
    }

    @Test func ofADetectorEachPanelHasAllBoxesAndTheirHeat() throws {
        let clip = try SquareClip()
        let run = try compare(["-i", clip.path, "--at", "0.7"], model: clip.model)
        #expect(run.status == 0 && run.standardError.contains("of 2 boxes"), "\(run.standardError)")
        for name in ["LayerCAM", "Grad-CAM", "Eigen-CAM"] { #expect(run.standardError.contains(name), "\(name)") }
        let (width, height) = try size("sheet.png")
        #expect(width > 1200 && height > 400)
        let alone = try compare(
            ["-i", clip.path, "--class", "red", "--methods", "gradcam", "--force"], model: clip.model)
        #expect(alone.status == 0 && alone.standardError.contains("1 map of 1 box"), "\(alone.standardError)")
    }

    @Test(arguments: [
        (["--min-score", "1"], "no object with a score of 1.0 or more"), (["--at", "1.9"], "lower --min-score"),
        (["--layers", "-1"], "--layers is for classifiers"), (["--versus", "red"], "--versus is for classifiers"),
        (["--class", "blue"], "no 'blue'"),
    ]) func whatCannotBeComparedOfADetectorIsTold(_ options: [String], _ message: String) throws {
        let clip = try SquareClip()
        let run = try compare(["-i", clip.path] + options, model: clip.model)
        #expect(run.status == 64 && run.standardError.contains(message), "\(run.standardError)")
        #expect(run.standardError.split(separator: "\n").count == 1, "\(run.standardError)")
        #expect(try folder.contents().isEmpty)
    }

    @Test func aClassIsToldApartFromAnother() throws {
        let clip = ["-i", try Clips.red.get(), "--methods", "cam,finercam", "--force"]
        // Without --class it is the one that is seen.
        for named in [["--class", "red"], []] {
            let run = try compare(clip + named + ["--versus", "blue"])
            #expect(
                run.status == 0 && run.standardError.contains("2 maps of red (0) versus blue"), "\(run.standardError)")
        }
        let same = try compare(clip + ["--class", "red", "--versus", "0"])
        #expect(same.status == 64 && same.standardError.contains("'red' cannot be compared with itself"))
        let own = try compare(clip + ["--versus", "red"])
        #expect(own.status == 0 && own.standardError.contains("2 maps of red (0)\n"), "\(own.standardError)")
    }

    @Test func whatDoesNotWorkOnTheModelHasAPanelIfItWasNamed() throws {
        let options = ["-i", try Clips.photo.get(), "--methods", "cam,gradcam"]
        let run = try compare(options, model: Fixtures.model("vgg"))
        #expect(run.status == 0 && run.standardError.contains("1 map of "), "\(run.standardError)")
        let warnings = run.standardError.split(separator: "\n").filter { $0.contains("warning:") }
        #expect(warnings.count == 1 && warnings[0].contains("no CAM: ") && warnings[0].contains("GAP head"))
        // A picture, a map and a remark stand side by side.
        #expect(try size("sheet.png").height < 700)
    }

    @Test func programsGetWhatWasFoundAsJSON() throws {
        let pictures = try ColouredPictures()
        let run = try compare([
            "--data", try pictures.table(2), "--methods", "cam,gradcam", "--json", "--class", "red",
        ])
        #expect(run.status == 0, "\(run.standardError)")
        let found = try #require(
            JSONSerialization.jsonObject(with: Data(run.standardOutput.utf8)) as? [String: Any])
        #expect((found["sheet"] as? String)?.hasSuffix("sheet.png") == true)
        #expect((found["class"] as? [String: Any])?["label"] as? String == "red")
        let maps = try #require(found["maps"] as? [[String: Any]])
        #expect(maps.map { $0["method"] as? String } == ["CAM", "Grad-CAM"])
        #expect(maps.allSatisfy { ($0["time"] as? Double ?? 0) > 0 && $0["problem"] == nil })
        #expect(((found["evaluation"] as? [String: Any])?["summary"] as? [String: Any])?["judged"] as? Int == 2)

        let failing = try compare(
            ["-i", try Clips.photo.get(), "--methods", "cam,gradcam", "--json", "--force"], model: Fixtures.model("vgg")
        )
        let rest = try #require(
            JSONSerialization.jsonObject(with: Data(failing.standardOutput.utf8)) as? [String: Any])
        let problem = (rest["maps"] as? [[String: Any]])?.first?["problem"] as? String
        #expect(problem?.contains("GAP head") == true, "\(failing.standardOutput)\(failing.standardError)")
    }

    @Test func withoutAnyMapThereIsNoSheet() throws {
        let run = try compare(["-i", try Clips.photo.get(), "--methods", "cam"], model: Fixtures.model("vgg"))
        #expect(run.status == 65, "\(run.standardError)")
        let lines = run.standardError.split(separator: "\n").filter { $0.hasPrefix("camstream:") }
        #expect(lines.count == 1 && lines[0].contains("error:") && lines[0].contains("GAP head"))
        #expect(try folder.contents().isEmpty)
    }

    @Test func layersAreComparedByTheirTensors() throws {
        let run = try compare(
            ["-i", try Clips.photo.get(), "--layers", "-1,-2,-3", "--methods", "layercam", "--class", "1"],
            model: Fixtures.layers("vit_registers"))
        #expect(run.status == 0 && run.standardError.contains("3 maps of class 1"), "\(run.standardError)")
        #expect(run.standardError.contains("LayerCAM of layer_norm_2: "), "\(run.standardError)")
    }

    @Test func aSheetMayBeAJPEG() throws {
        let run = try Program.run([
            "compare", "-m", Clips.model, "-i", try Clips.photo.get(), "--methods", "cam", "-q", "-o",
            folder.file("sheet.jpg"),
        ])
        // The engine's libraries may have a remark of their own, as where /sys is not there.
        #expect(run.status == 0 && !run.standardError.contains("camstream"), "\(run.standardError)")
        #expect(try size("sheet.jpg").width > 1200)
    }

    @Test func figuresOnLabelledPicturesStandBesideTheSheet() throws {
        let pictures = try ColouredPictures()
        let run = try compare(["--data", try pictures.table(2), "--methods", "cam,eigencam"])
        #expect(run.status == 0 && run.standardError.contains("2 maps of red"), "\(run.standardError)")
        let lines = run.standardOutput.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(
            lines[0] == "method MaxBoxAccV2 pointing, 15 px energy in box insertion deletion", "\(run.standardOutput)")
        #expect(lines[1].hasPrefix("CAM ") && lines[1].contains(" 100.0 % ") && lines[2].hasPrefix("Eigen-CAM "))
        #expect(lines.contains { $0.hasPrefix("(noise) ") })
        #expect(
            lines.last?.contains("2 images of ") == true && lines.last?.contains("the class of the label") == true)
        #expect(try folder.contents() == ["sheet.png"])
        // Of classes that the model does not have, what it sees is explained.
        try folder.write(Array("path,label\n0.ppm,giraffe\n".utf8), to: "list.csv")
        try FileManager.default.copyItem(atPath: pictures.folder.file("data/0.ppm"), toPath: folder.file("0.ppm"))
        let other = try compare(["--data", folder.file("list.csv"), "--methods", "cam", "--force"])
        #expect(other.status == 0 && other.standardOutput.contains("the most probable class"), "\(other.standardError)")
        #expect(other.standardOutput.hasPrefix("method           insertion"), "\(other.standardOutput)")
    }

    @Test func whatCannotBeJudgedLeavesNoSheet() throws {
        let (photo, clip) = (try Clips.photo.get(), try SquareClip())
        let cases: [(options: [String], model: String, status: Int32, part: String)] = [
            (["-i", photo, "--data", folder.file("none")], Clips.model, 65, "No such file or directory"),
            (["-i", photo, "--data", photo, "--versus", "red"], Clips.model, 64, "leave out --versus"),
            (["-i", photo, "--labels-map", photo], Clips.model, 64, "--labels-map is of --data"),
            ([], Clips.model, 64, "--input or --data is missing"),
            (["-i", clip.path, "--data", photo], clip.model, 64, "--data is for classifiers"),
        ]
        for (options, model, status, part) in cases {
            let run = try compare(options, model: model)
            #expect(run.status == status && run.standardError.contains(part), "\(run.standardError)")
        }
        #expect(try folder.contents().isEmpty)
    }

    @Test func wrongUsageIs64AndLeavesNothing() throws {
        let (photo, clip) = (try Clips.photo.get(), try Clips.red.get())
        let cases: [(options: [String], part: String)] = [
            (["-i", photo, "--methods", "gradcan"], "did you mean 'gradcam'"),
            (["-i", photo, "--methods", ","], "--methods names nothing"),
            (["-i", clip, "--at", "2.5"], "red.mp4 ends at 2.0 s"),
            (["-i", clip, "--at", "soon"], "--at cannot be 'soon'"),
            (["-i", photo, "--at", "1"], "single image"),
            (["-i", photo, "--class", "octarine"], "no class is called 'octarine'"),
            (["-i", photo, "--layers", "nowhere"], "nowhere"),
            (["-i", photo, "--opacity", "2"], "--opacity cannot be '2.0'"),
            (["-i", photo, "-o", folder.file("sheet.mp4")], "ends in .png or .jpg"),
            (["-i", photo, "-o", photo, "--force"], "another file than the input"),
        ]
        for (options, part) in cases {
            let run = try compare(options)
            #expect(run.status == 64, "\(options): \(run.standardError)")
            let lines = run.standardError.split(separator: "\n").filter { $0.contains("error:") }
            #expect(lines.count == 1 && lines[0].contains(part), "\(run.standardError)")
        }
        #expect(try folder.contents().isEmpty)
    }

    @Test func badInputIs65AndASheetThatIsThereIs73() throws {
        let photo = try Clips.photo.get()
        for (options, status, part) in [
            (["-i", folder.file("missing.png")], Int32(65), "missing.png: no such file"),
            (["-i", photo, "-o", folder.file("no/such.png")], 73, "does not exist"),
            (["-i", photo], 73, "sheet.png exists already"),
        ] {
            if status == 73 { try folder.write([], to: "sheet.png") }
            let run = try compare(options)
            #expect(run.status == status && run.standardError.contains(part), "\(run.standardError)")
        }
        #expect(try folder.bytes(of: "sheet.png").isEmpty)
    }

    @Test func helpGivesExamples() throws {
        let run = try Program.run(["compare", "--help"])
        #expect(run.status == 0 && run.standardOutput.contains("camstream compare -i clip.mp4 --at 12.5 -o sheet.png"))
    }
}
