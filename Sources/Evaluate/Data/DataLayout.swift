/// How pictures and what is known of them lie in a folder.
package enum DataLayout: String, CaseIterable, Sendable, Codable {
    /// Seen from what is there.
    case auto
    /// A folder for each class.
    case folders
    /// Pascal VOC: an XML file for each picture.
    case voc
    /// One JSON file.
    case coco
    /// labels/NAME.txt and images/NAME.jpg.
    case yolo
    /// A table: path,label[,x,y,w,h].
    case csv
    /// ILSVRC's LOC_val_solution.csv.
    case imagenet
    /// masks/NAME.png: what is not 0 is the object.
    case masks
    /// The Oxford pets: trimaps/BREED_NUMBER.png.
    case trimaps
    /// Videos, and NAME.json beside each, with the boxes of its frames.
    case videos

    /// What a folder, or a file that is named in its place, looks like.
    ///
    /// - Throws: `DataError.unknownLayout`, `.noPictures`.
    static func seen(in tree: FileTree) throws(DataError) -> DataLayout {
        if tree.imageNetTable != nil { return .imagenet }
        if tree.folder("trimaps") != nil { return .trimaps }
        if tree.folder("masks") != nil { return .masks }
        if tree.files.contains(where: { $0.hasSuffix(".xml") }) { return .voc }
        if tree.folder("labels") != nil { return .yolo }
        if tree.videos.contains(where: { tree.boxFile(ofVideo: $0) != nil }) { return .videos }
        if tree.cocoFile != nil { return .coco }
        if tree.table != nil { return .csv }
        // Pictures in folders, and none beside these.
        if tree.pictures.contains(where: { $0.contains("/") }) { return .folders }
        if tree.pictures.isEmpty { throw .noPictures(path: tree.path) }
        throw .unknownLayout(path: tree.path)
    }
}
