import Evaluate
import TestSupport
import Testing

@Suite struct LabelledDataTests {
    private let files: DataFiles

    init() throws { files = try DataFiles() }

    @Test func foldersAreClasses() throws {
        try files.pictures("cat/a.jpg", "cat/more/b.jpg", "dog/c.JPEG", "loose.jpg", "dog/.hidden.jpg", "dog/notes.txt")
        let data = try LabelledData(path: files.path)
        #expect(data.layout == .folders && data.labels == ["cat", "dog"])
        #expect(data.pictures.map(\.name) == ["cat/a.jpg", "cat/more/b.jpg", "dog/c.JPEG"])
        #expect(data.leftOut.map(\.name) == ["loose.jpg"])
    }

    @Test func framesOfVideosHaveBoxes() throws {
        try files.pictures("cat/clip.mp4", "cat/other.MKV", "loose.webm", "named.mov")
        try files.write(
            """
            {"fps": 25, "frames": [{"frame": 7, "box": [1, 2, 3.5, 4]}, {"frame": 0, "box": [0, 0, 9, 9]},
             {"frame": 7, "box": [5, 5, 6, 6]}]}
            """, "cat/clip.json")
        try files.write(#"{"class": "dog", "frames": [{"frame": 2, "box": [0, 0, 1, 1]}]}"#, "named.json")
        try files.write(#"{"frames": [{"frame": 2, "box": [0, 0, 1, 1]}]}"#, "loose.json")
        let data = try LabelledData(path: files.path)
        #expect(data.layout == .videos && data.labels == ["cat", "dog"])
        let clip = files.folder.file("cat/clip.mp4")
        #expect(
            data.pictures.prefix(2) == [
                LabelledPicture(
                    path: clip, name: "cat/clip.mp4#0", label: "cat", boxes: [TrueBox(x0: 0, y0: 0, x1: 9, y1: 9)],
                    frame: 0),
                LabelledPicture(
                    path: clip, name: "cat/clip.mp4#7", label: "cat",
                    boxes: [TrueBox(x0: 1, y0: 2, x1: 3.5, y1: 4), TrueBox(x0: 5, y0: 5, x1: 6, y1: 6)], frame: 7),
            ])
        #expect(data.pictures.map(\.name).last == "named.mov#2")
        #expect(
            data.leftOut == [
                LeftOut(name: "cat/other.MKV", reason: "there is no other.json beside it"),
                LeftOut(
                    name: "loose.webm", reason: "it lies in no class's folder, and loose.json names no \"class\""),
            ])
    }

    @Test(arguments: [
        ("[]", "it has no boxes as"), (#"{"frames": [{"frame": 3, "box": [5, 0, 1, 1]}]}"#, "frame 3 has no box"),
        (#"{"frames": [{"frame": -1, "box": [0, 0, 1, 1]}]}"#, "frame -1 has no box"),
    ]) func boxesOfVideosThatAreNoneAreTold(_ text: String, _ words: String) throws {
        try files.pictures("cat/clip.mp4")
        let path = try files.write(text, "cat/clip.json")
        let error = #expect(throws: DataError.self) { try LabelledData(path: files.path) }
        #expect(error?.description.hasPrefix("\(path): \(words)") == true, "\(error?.description ?? "")")
    }

    @Test func vocBoxesBeginWithPixelOneAndDifficultOnesDoNotCount() throws {
        try files.pictures("JPEGImages/one.jpg")
        func object(_ name: String, _ box: [Int], difficult: Int = 0) -> String {
            "<object><name>\(name)</name><difficult>\(difficult)</difficult><bndbox><xmin>\(box[0])</xmin><ymin>\(box[1])</ymin>"
                + "<xmax>\(box[2])</xmax><ymax>\(box[3])</ymax></bndbox><part><name>head</name></part></object>"
        }
        try files.write(
            """
            <?xml version="1.0"?><!-- of a test -->
            <annotation verified="yes"><filename>one.jpg</filename>
            \(object("cat", [1, 1, 10, 20]))\(object("dog &amp; bone", [5, 6, 7, 8]))\(object("cat", [30, 1, 40, 9]))
            \(object("cat", [3, 3, 4, 4], difficult: 1))</annotation>
            """, "Annotations/one.xml")
        try files.write("<annotation><filename>two.jpg</filename></annotation>", "Annotations/two.xml")
        let data = try LabelledData(path: files.path)
        #expect(data.layout == .voc && data.ignoredBoxes == 1)
        #expect(
            data.pictures == [
                LabelledPicture(
                    path: files.folder.file("JPEGImages/one.jpg"), name: "JPEGImages/one.jpg", label: "cat",
                    boxes: [TrueBox(x0: 0, y0: 0, x1: 10, y1: 20), TrueBox(x0: 29, y0: 0, x1: 40, y1: 9)]),
                LabelledPicture(
                    path: files.folder.file("JPEGImages/one.jpg"), name: "JPEGImages/one.jpg", label: "dog & bone",
                    boxes: [TrueBox(x0: 4, y0: 5, x1: 7, y1: 8)]),
            ])
        #expect(data.leftOut == [LeftOut(name: "Annotations/two.xml", reason: "there is no image of its name")])
    }

    @Test func cocoLeavesCrowdsOut() throws {
        try files.pictures("val/1.jpg", "val/2.jpg")
        try files.write(
            """
            {"images": [{"id": 7, "file_name": "1.jpg", "width": 9, "height": 9}, {"id": 8, "file_name": "2.jpg"},
              {"id": 9, "file_name": "3.jpg"}],
             "annotations": [{"image_id": 7, "category_id": 3, "bbox": [1, 2, 3.5, 4], "iscrowd": 0},
              {"image_id": 7, "category_id": 3, "bbox": [0, 0, 9, 9], "iscrowd": 1}],
             "categories": [{"id": 3, "name": "tennis racket"}]}
            """, "annotations/instances_val.json")
        let data = try LabelledData(path: files.path)
        #expect(data.layout == .coco && data.ignoredBoxes == 1)
        #expect(data.pictures.map(\.boxes) == [[TrueBox(x0: 1, y0: 2, x1: 4.5, y1: 6)]])
        #expect(data.pictures.map(\.label) == ["tennis racket"])
        #expect(data.leftOut.map(\.reason) == ["it has no box", "there is no such image"])
        #expect(
            try LabelledData(path: files.folder.file("annotations/instances_val.json"), layout: .coco).layout == .coco)
    }

    @Test(arguments: [
        ("cat\ndog\n", "classes.txt"), ("names: [cat, dog]\nnc: 2\n", "data.yaml"),
        ("names:\n  0: cat\n  1: dog\n", "data.yaml"),
    ])
    func yoloHasSharesAndNames(_ names: String, _ file: String) throws {
        try files.pictures("images/a.jpg", "images/b.jpg")
        try files.write("1 0.5 0.5 0.25 0.5\n\n0 0.1 0.2 0.3 0.2 0.3 0.8\n", "labels/a.txt")
        try files.write("", "labels/b.txt")
        try files.write(names, file)
        let data = try LabelledData(path: files.path)
        #expect(data.layout == .yolo && data.pictures.map(\.label) == ["dog", "cat"])
        #expect(data.pictures[0].boxes == [TrueBox(x0: 0.375, y0: 0.25, x1: 0.625, y1: 0.75)])
        #expect(data.pictures[1].boxes == [TrueBox(x0: 0.1, y0: 0.2, x1: 0.3, y1: 0.8)])
        #expect(data.pictures.allSatisfy { $0.areShares })
    }

    @Test func aTableHasALineForEachBox() throws {
        try files.pictures("a.jpg", "sub/b.jpg")
        try files.write(
            "path,label,x,y,w,h\na.jpg,cat,1,2,3,4\nsub/b.jpg,dog,,,,\na.jpg,cat,5,5,1,1\na.jpg,dog,0,0,9,9\ngone.jpg,cat,1,1,1,1\n",
            "list.csv")
        let data = try LabelledData(path: files.folder.file("list.csv"))
        #expect(data.layout == .csv)
        #expect(data.pictures.map(\.name) == ["a.jpg", "a.jpg", "sub/b.jpg"])
        #expect(data.pictures.map(\.label) == ["cat", "dog", "dog"])
        #expect(data.pictures.map(\.boxes.count) == [2, 1, 0])
        #expect(data.pictures[0].boxes[0] == TrueBox(x0: 1, y0: 2, x1: 4, y1: 6))
        #expect(data.leftOut == [LeftOut(name: "gone.jpg", reason: "there is no such file")])
    }

    @Test func imageNetsTableHasSynsetsWhoseWordsLieBeside() throws {
        try files.pictures("val/ILSVRC2012_val_1.JPEG")
        try files.write(
            "ImageId,PredictionString\nILSVRC2012_val_1,n02123045 10 20 30 40 n02123045 50 60 70 80 \nILSVRC2012_val_2,n02123045 1 1 2 2\n",
            "LOC_val_solution.csv")
        try files.write("n02123045 tabby, tabby cat\nn02123159 tiger cat\n", "LOC_synset_mapping.txt")
        let data = try LabelledData(path: files.path)
        #expect(data.layout == .imagenet && data.pictures.count == 1 && data.pictures[0].boxes.count == 2)
        #expect(data.synsets["n02123045"] == "tabby, tabby cat")
        #expect(data.leftOut.map(\.name) == ["ILSVRC2012_val_2"])
    }

    @Test func masksStandForPicturesOfTheirName() throws {
        try files.pictures(
            "images/cat/1.jpg", "images/dog/1.jpg", "masks/cat/1.png", "masks/dog/1.png", "masks/dog/2.png")
        let data = try LabelledData(path: files.path)
        #expect(data.layout == .masks && data.pictures.map(\.label) == ["cat", "dog"])
        #expect(data.pictures.map(\.name) == ["images/cat/1.jpg", "images/dog/1.jpg"])
        #expect(data.leftOut.map(\.name) == ["masks/dog/2.png"])
    }

    @Test func petsAreCalledByTheirBreed() throws {
        try files.pictures(
            "images/american_bulldog_100.jpg", "trimaps/american_bulldog_100.png", "images/Abyssinian_7.jpg",
            "trimaps/Abyssinian_7.png")
        let data = try LabelledData(path: files.path)
        #expect(data.layout == .trimaps && data.labels == ["Abyssinian", "american_bulldog"])
    }

    @Test func aLimitTakesFromAllOfTheList() throws {
        for number in 0..<10 { try files.pictures("cat/\(number).jpg", "dog/\(number).jpg") }
        var data = try LabelledData(path: files.path)
        let before = data.checksum
        data.limit(to: 4)
        #expect(data.pictures.map(\.name) == ["cat/0.jpg", "cat/5.jpg", "dog/0.jpg", "dog/5.jpg"])
        #expect(data.checksum != before)
        data.limit(to: 100)
        #expect(data.pictures.count == 4)
    }

    // MARK: What is wrong

    @Test func whatIsWrongIsToldInOneLine() throws {
        func expect(_ path: String, layout: DataLayout = .auto, _ words: String) {
            let error = #expect(throws: DataError.self) { _ = try LabelledData(path: path, layout: layout) }
            let text = error.map { "\($0)" } ?? ""
            #expect(text.contains(words) && !text.contains("\n"), "\(text)")
        }
        expect(files.folder.file("nowhere"), "No such file or directory")
        expect(files.path, "there is no image")
        try files.pictures("a.jpg")
        expect(files.path, "it is unclear how its images are labelled")
        expect(files.path, layout: .folders, "no folder has images")
        expect(files.path, layout: .voc, "there is no XML file")
        expect(files.path, layout: .coco, "there is no JSON file")
        expect(files.path, layout: .yolo, "no folder labels")
        expect(files.path, layout: .masks, "no folder masks")
        expect(files.path, layout: .imagenet, "LOC_*_solution.csv")
        try files.write("a.jpg,cat,1,2,3\n", "t.csv")
        expect(files.path, "the columns must be")
        try files.write("path,label,x,y,w,h\na.jpg,cat,1,2,0,4\n", "t.csv")
        expect(files.path, "line 2: the box is empty")
        try files.write("a.jpg,cat,1,2,x,4\n", "t.csv")
        expect(files.path, "line 1: a box needs four numbers")
        try files.write("{}", "c.json")
        expect(files.path, layout: .coco, "no JSON with images, annotations and categories")
        try files.write("7 0.5 0.5 0.1 0.1", "labels/a.txt")
        expect(files.path, layout: .yolo, "the classes have numbers and no names")
        try files.write("cat", "labels/classes.txt")
        expect(files.path, layout: .yolo, "class 7, and there are 1 names")
        try files.write("0 0.5 0.5 0.1", "labels/a.txt")
        expect(files.path, layout: .yolo, "line 1: '0 0.5 0.5 0.1' is not")
        try files.write("", "labels/a.txt")
        expect(files.path, layout: .yolo, "no image that is there has a box")
        try files.write("<annotation><object></annotation>", "a.xml")
        expect(files.path, layout: .voc, "closes nothing")
        try files.write("<annotation><object><name>x</name></object></annotation>", "a.xml")
        expect(files.path, layout: .voc, "the box of 'x' is not xmin, ymin, xmax and ymax")
    }
}
