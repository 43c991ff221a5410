import Testing

@testable import Infer

struct LabelTextTests {
    @Test(arguments: [
        ("lines", "tench\r\ngoldfish\r\n\r\n"), ("spaces", " tench\n goldfish \n"),
        ("synsets", "n01440764 tench\nn01443537 goldfish\n"), ("numbers", "0 tench\n1: goldfish"),
        ("a JSON list", #"["tench", "goldfish"]"#),
        ("Keras", #"{"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"]}"#),
        ("Hugging Face", #"{"id2label": {"1": "goldfish", "0": "tench"}, "label2id": {"tench": 0}}"#),
        ("numbers by name", #"{"goldfish": 1, "tench": 0}"#), ("Python", "{0: 'tench', 1: 'goldfish'}"),
    ])
    func namesAreReadInTheFormsInWhichTheyAreHandedAround(_ form: String, text: String) throws {
        #expect(try LabelText.names(in: text, isJSON: false) == ["tench", "goldfish"])
    }

    @Test func aSynsetStaysWhereNotEachLineHasOne() throws {
        #expect(try LabelText.names(in: "n01440764 tench\nfish", isJSON: false) == ["n01440764 tench", "fish"])
        #expect(try LabelText.names(in: "n01440764 tench, Tinca tinca", isJSON: false) == ["tench, Tinca tinca"])
    }

    @Test func namesOfTwentyThousandClassesTakeNoTime() throws {
        for (digits, head) in [(8, "n"), (1, "")] {
            let lines = (0..<20_000).map { number in
                let digits = "\(number)"
                return head + (head.isEmpty ? "" : String(repeating: "0", count: 8 - digits.count))
                    + "\(digits) name \(number)"
            }
            let names = try LabelText.names(in: lines.joined(separator: "\n"), isJSON: false)
            #expect(names.count == 20_000 && names.last == "name 19999", "\(digits)")
        }
    }

    @Test func aNumberOfAnotherClassIsAPartOfTheName() throws {
        #expect(try LabelText.names(in: "0 tench\n2 fish", isJSON: false) == ["0 tench", "2 fish"])
        #expect(try LabelText.names(in: "0tench\n1fish", isJSON: false) == ["0tench", "1fish"])
        #expect(try LabelText.names(in: "0: tench\n1,;fish", isJSON: false) == ["tench", "fish"])
    }

    @Test func anEmptyLineInTheMiddleIsAClassWithoutAName() throws {
        #expect(try LabelText.names(in: "a\n\nb\n", isJSON: false) == ["a", "", "b"])
    }

    @Test(arguments: [
        ("[\"a\", ", "it is no JSON: the text ends where a value is wanted at byte 6"),
        ("{\"1\": \"a\", \"2\": \"b\"}", "it is neither a list of names nor names by their numbers from 0 on"),
        ("7", "it is neither a list of names nor names by their numbers from 0 on"),
    ])
    func jsonThatHoldsNoNamesIsRefused(text: String, message: String) {
        let defect = #expect(throws: LabelText.Defect.self) { try LabelText.names(in: text, isJSON: true) }
        #expect(defect?.description == message)
    }

    @Test func aLineInBracketsIsALineWhereTheFileIsNoJSON() throws {
        #expect(try LabelText.names(in: "[background]\ncat", isJSON: false) == ["[background]", "cat"])
    }
}
