#if S3
import MiniWarehouse
import WarehouseBasics
import WarehouseIngest

/// A bucket as a store of files: ListObjectsV2, ranged GET, PUT in one or many parts, DELETE.
struct S3Bucket: ObjectStore {
    let client: S3Client

    /// Objects of a listing that are held at once; a longer one is refused.
    private static let maximumObjects = 1_000_000
    /// Of all objects of a listing.
    private static let maximumBytes = 1 << 60

    func list(prefix: String) throws -> [StoredObject] {
        var objects: [StoredObject] = []
        var continuation: String?
        var totalBytes = 0
        repeat {
            var query = [("list-type", "2"), ("prefix", prefix), ("encoding-type", "url")]
            if let continuation { query.append(("continuation-token", continuation)) }
            let document = S3Document(try client.send(.GET, query: query.map { (name: $0.0, value: $0.1) }).body)
            guard case .element("ListBucketResult", _)? = document.root else {
                throw WarehouseError(.stageAccess, "\(client.display) did not answer with a listing; is it S3?")
            }
            // A server that does not know `encoding-type` gives keys as they are: nothing of them is an escape.
            let isEncoded = document["EncodingType"] == "url"
            for node in document.elements("Contents") {
                guard let object = object(node, isEncoded: isEncoded) else { continue }
                // Who adds sizes up later need not look out for their sum.
                let (sum, isTooLarge) = totalBytes.addingReportingOverflow(object.size)
                guard object.size >= 0, !isTooLarge, sum <= S3Bucket.maximumBytes else {
                    throw WarehouseError(
                        .stageAccess, "The listing of \(client.display) says that '\(object.key)' has \(object.size) bytes.")
                }
                totalBytes = sum
                objects.append(object)
            }
            guard objects.count <= S3Bucket.maximumObjects else {
                throw WarehouseError(
                    .limitExceeded, "\(client.display)/\(prefix) holds more than \(S3Bucket.maximumObjects) files.",
                    hint: "Name a longer path.")
            }
            let next = document["IsTruncated"] == "true" ? document["NextContinuationToken"] : nil
            if next != nil, next == continuation {
                throw WarehouseError(.stageAccess, "The listing of \(client.display) does not end.")
            }
            continuation = next
        } while continuation != nil
        return objects
    }

    private func object(_ node: S3Document.Node, isEncoded: Bool) -> StoredObject? {
        guard let key = S3Document.text("Key", of: node), let size = S3Document.text("Size", of: node).flatMap({ Int($0) })
        else { return nil }
        let tag = (S3Document.text("ETag", of: node) ?? "").filter { $0 != "\"" }
        return StoredObject(key: isEncoded ? URIText.decoded(key) : key, size: size,
                            modifiedAt: S3Time.nanoseconds(S3Document.text("LastModified", of: node) ?? ""),
                            contentTag: tag)
    }

    func read(_ object: StoredObject) throws -> any ByteSource { S3Reader(client, object) }

    func write(_ key: String) throws -> any ObjectWriter { S3Writer(client, key) }

    func remove(_ key: String) throws {
        _ = try client.send(.DELETE, key, accepted: [200, 204, 404])
    }
}

enum S3Time {
    /// Nanoseconds since the epoch of `2026-11-21T09:30:00.000Z`; 0 for anything else.
    static func nanoseconds(_ text: String) -> Int64 {
        let numbers = text.split { !$0.isNumber }.compactMap { Int64($0) }
        // The years that nanoseconds in 64 bits reach.
        guard numbers.count >= 6, (1700...2200).contains(numbers[0]),
              let date = CivilDate(checkedYear: Int(numbers[0]), month: Int(truncatingIfNeeded: numbers[1]),
                                   day: Int(truncatingIfNeeded: numbers[2])),
              numbers[3] < 24, numbers[4] < 60, numbers[5] <= 60 else { return 0 }
        let milliseconds = numbers.count > 6 && numbers[6] < 1000 ? numbers[6] : 0
        let seconds = Int64(date.daysSinceEpoch) * 86_400 + numbers[3] * 3600 + numbers[4] * 60 + numbers[5]
        return seconds * 1_000_000_000 + milliseconds * 1_000_000
    }
}
#endif
