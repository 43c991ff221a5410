import Foundation
import Pipeline
import TestSupport
import Testing

@testable import Fit

struct DataTableTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try Photos.make(folder, "p")
        for name in ["p/a.jpg", "p/b, c.jpg", "p/clip.mp4"] { try folder.write("x".utf8, to: name) }
    }

    private func list(_ text: String) throws -> DataList { try DataList(path: folder.write(text.utf8, to: "list.csv")) }

    private func failure(_ text: String) throws -> String {
        try #require(throws: FitError.self) { try list(text) }.description
    }

    @Test(arguments: [
        "path,label\np/a.jpg,cat\n\"p/b, c.jpg\",dog\n", "p/a.jpg,cat\r\n\"p/b, c.jpg\",dog",
        "label;path\ncat;p/a.jpg\ndog;p/b, c.jpg",
        "\u{feff}Path,Label\n\n p/a.jpg , cat \n\"p/b, c.jpg\" ,\"dog\"\n\n",
        "path\tlabel\np/a.jpg\tcat\np/b, c.jpg\tdog",
    ])
    func pathsAndLabelsAreRead(_ text: String) throws {
        let list = try list(text)
        #expect(list.classes == ["cat", "dog"])
        #expect(list.entries.map(\.name) == ["p/a.jpg", "p/b, c.jpg"])
        #expect(list.entries.map(\.label) == [0, 1])
        #expect(list.entries.map(\.path) == [folder.file("p/a.jpg"), folder.file("p/b, c.jpg")])
    }

    @Test func timesAndBoxesAreOptional() throws {
        let list = try list(
            "path,label,from,to,x,y,w,h\np/clip.mp4,cat,1.5,3,,,,\np/clip.mp4,dog,4,,10,20.5,30,40\np/a.jpg,dog,,,,,,\n"
        )
        #expect(list.entries[0].span == DataList.Span(from: 1.5, to: 3) && list.entries[0].box == nil)
        #expect(list.entries[1].span == DataList.Span(from: 4, to: nil))
        #expect(list.entries[1].box == PixelBox(x0: 10, y0: 20, x1: 40, y1: 61))
        #expect(list.entries[2].span == nil && list.entries[2].box == nil)
        let times = try self.list("p/clip.mp4,cat,0,2\np/a.jpg,dog,,\n")
        #expect(times.entries[0].span == DataList.Span(from: 0, to: 2))
        let boxes = try self.list("p/a.jpg,cat,0,0,5,5\np/a.jpg,dog,5,0,5,5\n")
        #expect(
            boxes.entries.map(\.box) == [PixelBox(x0: 0, y0: 0, x1: 5, y1: 5), PixelBox(x0: 5, y0: 0, x1: 10, y1: 5)])
    }

    @Test func filesThatAreMissingAreToldAndLeftOut() throws {
        let list = try list("path,label\np/a.jpg,cat\np/nothing.jpg,dog\np,dog\n\"p/b, c.jpg\",dog")
        #expect(list.entries.count == 2)
        #expect(list.skipped.map(\.name) == ["p/nothing.jpg", "p"])
        #expect(list.skipped[0].reason == "there is no such file (line 3)")
    }

    /// Each bad table, the line that is named, and what is said of it.
    @Test(arguments: [
        ("", "the table is empty"), ("path,label\n", "no line below its names"),
        ("p/a.jpg,cat\np/a.jpg\n", "line 2: 1 columns, and the first line has 2"),
        ("p/a.jpg,cat,1\n", "line 1: 3 columns; there must be path,label[,from,to][,x,y,w,h]"),
        ("path,label,colour\n", "line 1: no column is called 'colour'"),
        ("path,label,label\n", "line 1: two columns are called 'label'"),
        ("path,label,x,y\n", "line 1: a box needs all of the columns"),
        ("path,label\np/a.jpg,cat\n,dog\n", "line 3: the path is missing"),
        ("path,label\np/a.jpg,\n", "line 2: the label is missing"),
        ("path,label,from,to\np/a.jpg,cat,soon,\n", "line 2: from cannot be 'soon'"),
        ("path,label,from,to\np/a.jpg,cat,-1,\n", "line 2: from cannot be '-1'"),
        ("path,label,from,to\np/a.jpg,cat,nan,\n", "line 2: from cannot be 'nan'"),
        ("path,label,from,to\np/a.jpg,cat,3,3\n", "line 2: to must be later than from"),
        ("p/a.jpg,cat,1,2,0,4\n", "line 1: the box is empty"),
        ("path,label,x,y,w,h\np/a.jpg,cat,1,2,,4\n", "line 2: a box needs all of x, y, w and h"),
        ("path,label\n\"p/a.jpg,cat\np/a.jpg,dog\n", "line 2: a quotation mark has no second one"),
        ("path,label\n\"p/a.jpg\"x,cat\n", "line 2: text follows a quotation mark"),
        ("p/a.jpg,cat\np/a.jpg,dog\n", "line 2: 'dog', and in line 1 'cat': one image has one class"),
        ("p/a.jpg,cat\n\"p/b, c.jpg\",dog\np/a.jpg,cat\n", "line 3: the same as line 1"),
        ("p/a.jpg,cat\n", "has one class, 'cat', and two are needed"),
    ])
    func badTablesAreToldWithTheLine(_ text: String, part: String) throws {
        let told = try failure(text)
        #expect(told.contains(part), "\(told)")
        #expect(told.contains("list.csv") && !told.contains("\n"))
    }

    @Test func namesThatNoModelCouldHaveAreRefused() throws {
        let name = String(repeating: "x", count: 1001)
        #expect(try failure("p/a.jpg,cat\np/clip.mp4,\(name)\n").contains("has more than 1000 bytes"))
    }

    @Test func linesWithBreaksInQuotesAreCountedByTheText() throws {
        let rows = try CSVText("a,\"b\nc\"\n\"say \"\"hi\"\"\",e\n").rows
        #expect(rows.map(\.line) == [1, 3])
        #expect(rows.map(\.fields) == [["a", "b\nc"], ["say \"hi\"", "e"]])
    }
}
