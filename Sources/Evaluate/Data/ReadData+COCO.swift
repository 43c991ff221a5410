import Foundation
import Pipeline

extension ReadData {
    private struct COCO: Decodable {
        struct Picture: Decodable {
            let id: Int
            let fileName: String
        }
        struct Annotation: Decodable {
            let imageId: Int
            let categoryId: Int
            let bbox: [Double]?
            let iscrowd: Int?
            let ignore: Int?
        }
        struct Category: Decodable {
            let id: Int
            let name: String
        }
        let images: [Picture]
        let annotations: [Annotation]
        let categories: [Category]
    }

    /// COCO's JSON: boxes are x, y, width and height from the picture's corner on.
    init(coco tree: FileTree) throws(DataError) {
        guard let file = tree.cocoFile else {
            throw .notLikeThis(
                path: tree.path, layout: .coco, missing: "there is no JSON file, or more than one: name it")
        }
        let path = tree.full(file)
        let bytes: Data
        do throws(TextFile.Problem) {
            bytes = try TextFile.bytes(of: path)
        } catch {
            throw .cannotRead(path: path, reason: "\(error)")
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let content = try? decoder.decode(COCO.self, from: bytes) else {
            throw .file(path: path, problem: "it is no JSON with images, annotations and categories as COCO has them")
        }
        let names = Dictionary(content.categories.map { ($0.id, $0.name) }) { first, _ in first }
        var things: [Int: [(label: String, box: TrueBox)]] = [:]
        for annotation in content.annotations {
            if annotation.iscrowd == 1 || annotation.ignore == 1 {
                ignoredBoxes += 1
                continue
            }
            guard let label = names[annotation.categoryId] else {
                throw .file(
                    path: path, problem: "an annotation is of category \(annotation.categoryId), and there is none")
            }
            guard let box = annotation.bbox, box.count == 4, box.allSatisfy(\.isFinite), box[2] > 0, box[3] > 0 else {
                // There are a few without a size in COCO itself.
                ignoredBoxes += 1
                continue
            }
            things[annotation.imageId, default: []].append(
                (label, TrueBox(x0: box[0], y0: box[1], x1: box[0] + box[2], y1: box[1] + box[3])))
        }
        for image in content.images {
            guard let picture = tree.picture(of: image.fileName) else {
                leftOut.append(LeftOut(name: image.fileName, reason: "there is no such image"))
                continue
            }
            add(picture, tree, things[image.id] ?? [])
        }
    }
}
