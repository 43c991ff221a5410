import Foundation
import Pipeline
import Testing

@Suite struct JSONTextTests {
    private struct Value: Encodable {
        var widthInPixels = 640
        var name = "a/b \"cat\" 猫\u{1b}"
        var rates: [Double] = [30, 12.5, 0.1]
        var none: Int?
        var isOn = true
        var byLabel = ["Egyptian cat": 1, "ABBA": 2]
        var nothing: [Int] = []
    }

    @Test func filesAreReadByPeople() throws {
        let text = #"""
            {
              "byLabel" : {
                "ABBA" : 2,
                "Egyptian cat" : 1
              },
              "isOn" : true,
              "name" : "a/b \"cat\" 猫\u001b",
              "nothing" : [

              ],
              "rates" : [
                30,
                12.5,
                0.1
              ],
              "widthInPixels" : 640
            }
            """#
        #expect(try JSONText.pretty.text(Value()) == text)
        #expect(try JSONText.pretty.bytes(Value()) == Data(text.utf8))
    }

    @Test func answersAreOneLineWithKeysInSnakeCase() throws {
        let text =
            #"{"by_label":{"ABBA":2,"Egyptian cat":1},"is_on":true,"name":"a/b \"cat\" 猫\u001b","nothing":[],"#
            + #""rates":[30,12.5,0.1],"width_in_pixels":640}"#
        #expect(try JSONText.compact.text(Value()) == text)
        #expect(try JSONText.compact.bytes(Value()) == Data(text.utf8))
    }

    @Test func whatIsNoNumberIsAWordInAnswersAndAnErrorInFiles() throws {
        let numbers = [Double.infinity, -.infinity, .nan]
        #expect(try JSONText.compact.text(numbers) == #"["inf","-inf","nan"]"#)
        #expect(throws: EncodingError.self) { try JSONText.pretty.text(numbers) }
    }

    @Test func aLineKeepsTheOrderOfItsKeys() {
        var line = JSONLine()
        line.object { line in
            line.key("z") { $0.number(1) }
            line.key("a") { $0.numbers([1, 2]) }
            line.key("none") { $0.numbers(nil) }
            line.key("x") { $0.string("\"\\\n/") }
            line.key("half") { $0.number(0.5) }
            line.key("nan") { $0.number(Double.nan) }
        }
        line.end()
        let text = #"{"z": 1, "a": [1, 2], "none": null, "x": "\"\\\u000a/", "half": 0.5, "nan": null}"# + "\n"
        #expect(String(decoding: line.bytes, as: UTF8.self) == text)
        line.clear()
        #expect(line.bytes.isEmpty)
    }
}
