import WarehouseColumns

/// Keys of groups that are listed and not looked up, since hardly any comes twice: each row makes a group, and equal ones
/// meet when states are merged, partition by partition, each of which a core's cache holds. A table of them all would
/// cost a cache miss a row, and the merge another. (Müller et al., "Cache-Efficient Aggregation: Hashing Is Sorting",
/// SIGMOD 2015.) Keeps each group's hash, and watches a sample of the keys for ones that do come again.
final class ListedKeys {
    private let fields: [KeyField]
    /// Of one column of text the hash of the text, or `KeyContentHash.nullCode`; else that of the key.
    private let stored = ColumnBuffer(.int64)
    private let isText: Bool
    private var sample: Set<UInt64> = []
    private var sampledRows = 0

    /// Keys are worth listing where nearly each of so many rows made a group, or most of four times as many: the table
    /// that finds out has touched little memory by then.
    static let leastRows = 1 << 13
    static func areWorthListing(groups: Int, rows: Int) -> Bool {
        rows >= leastRows && groups > (rows < leastRows << 2 ? rows / 64 * 63 : rows / 4 * 3)
    }
    /// One key in so many is watched, with all its rows.
    private static let sampleMask: UInt64 = 63
    /// Rows of watched keys that tell something.
    private static let leastSample = 256

    /// `columns`: the keys so far.
    init(_ fields: [KeyField], _ columns: [ColumnBuffer]) {
        self.fields = fields
        isText = fields.count == 1 && fields[0].physicalType == .string && !fields[0].isDocument
        add(columns)
    }

    var allocatedBytes: Int { stored.allocatedBytes }

    /// Adds the keys that have come to the columns since.
    func add(_ columns: [ColumnBuffer]) {
        let start = stored.count, count = columns[0].count - start
        guard count > 0 else { return }
        let vectors = columns.map { column in
            let vector = Vector(column.physicalType, capacity: 1)
            column.fill(vector, from: start, count: count)
            return vector
        }
        stored.reserve(count)
        let target = UnsafeMutableRawPointer(stored.int64s + start).assumingMemoryBound(to: UInt64.self)
        // The vector's bits of validity are its own, and pointers to them do not keep it.
        withExtendedLifetime(vectors) {
            if isText {
                let strings = vectors[0].strings, validity = ArgumentValidity(vectors[0])
                for row in 0..<count {
                    target[row] = validity.isValid(row) ? KeyHash.hash(strings[row]) : KeyContentHash.nullCode
                }
            } else {
                let hashes = KeyContentHash.hashes(of: vectors, fields: fields, rows: count)
                for row in 0..<count { target[row] = hashes[row] }
            }
        }
        for row in 0..<count where target[row] & ListedKeys.sampleMask == 0 {
            sample.insert(target[row])
            sampledRows += 1
        }
        stored.commit(count)
    }

    /// Whether keys come again after all, so that listing them takes memory for nothing.
    var repeats: Bool { sampledRows >= ListedKeys.leastSample && sample.count < sampledRows / 2 }

    /// The hashes of all keys by content, as `KeyContentHash` gives them.
    var contentHashes: [UInt64] {
        let hashes = UnsafeBufferPointer(start: textHashes, count: stored.count)
        return isText ? hashes.map(KeyContentHash.hash(ofText:)) : Array(hashes)
    }

    /// Of text: the hashes of the texts.
    var textHashes: UnsafePointer<UInt64> { UnsafeRawPointer(stored.int64s).assumingMemoryBound(to: UInt64.self) }
}
