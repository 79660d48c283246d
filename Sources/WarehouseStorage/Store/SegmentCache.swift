import WarehouseBasics

/// Open segment files by id, shared by all readers of a store. Keeps a limited number open.
final class SegmentCache: Sendable {
    static let limit = 256

    private let disk: any Disk
    private let files = Lock<(open: [UInt64: SegmentFile], order: [UInt64])>(([:], []))

    init(_ disk: any Disk) { self.disk = disk }

    func file(_ record: SegmentRecord) throws(WarehouseError) -> SegmentFile {
        if let known = files.withLock({ $0.open[record.id] }), known.checksum == record.footerChecksum { return known }
        let opened = try SegmentFile(disk: disk, record: record)
        return files.withLock { files in
            if let other = files.open[record.id], other.checksum == record.footerChecksum { return other }
            if files.open.updateValue(opened, forKey: record.id) == nil { files.order.append(record.id) }
            // The oldest are closed as soon as nobody reads them.
            if files.order.count > Self.limit { files.open[files.order.removeFirst()] = nil }
            return opened
        }
    }

    func forget(_ ids: some Sequence<UInt64>) {
        files.withLock { files in
            for id in ids where files.open[id] != nil {
                files.open[id] = nil
                files.order.removeAll { $0 == id }
            }
        }
    }
}
