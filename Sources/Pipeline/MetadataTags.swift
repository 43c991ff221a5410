import CFFmpeg

/// The tags of a file or a stream, without those that some names, in lower case, stand for.
package func metadataTags(_ dictionary: OpaquePointer?, without unwanted: Set<String> = []) -> [String: String] {
    var tags: [String: String] = [:]
    var entry: UnsafeMutablePointer<AVDictionaryEntry>?
    while let found = av_dict_get(dictionary, "", entry, AV_DICT_IGNORE_SUFFIX) {
        let key = String(cString: found.pointee.key)
        if !unwanted.contains(key.lowercased()) { tags[key] = String(cString: found.pointee.value) }
        entry = found
    }
    return tags
}

/// Tags by which a container describes its own file; they are not for a copy of what is in it.
package let containersOwnTags: Set<String> = [
    "major_brand", "minor_version", "compatible_brands", "encoder", "duration",
]
