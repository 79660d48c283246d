import WarehouseBasics
import WarehouseStorage

/// DATA_RETENTION_TIME_IN_DAYS: how long what is deleted and dropped can be had back.
enum Retention {
    static let property = "DATA_RETENTION_TIME_IN_DAYS"
    /// The attribute of an entry that has days of its own.
    static let attribute = "RETENTION"
    /// Of what neither it nor anything above it says.
    static let standardDays: Int64 = 1
    static let maximumDays: Int64 = 90
    /// Of transient objects.
    static let maximumTransientDays: Int64 = 1

    /// Takes the property, where it is given, into the entry's attributes.
    static func apply(_ reader: PropertyReader, to entry: inout CatalogEntry) throws {
        guard let days = try reader.integer(property) else { return }
        let isShort = entry.isTransient || entry.temporarySession != nil
        guard (0...(isShort ? maximumTransientDays : maximumDays)).contains(days) else {
            throw WarehouseError(
                .invalidValue, "SQL compilation error:\ninvalid value [\(days)] for parameter '\(property)'",
                hint: isShort ? "Transient and temporary objects keep their past for 0 or 1 days."
                    : "It takes 0 to \(maximumDays) days.")
        }
        entry.attributes[attribute] = .integer(days)
    }
}

extension CatalogState {
    /// How long the rows that `entry` loses, and it itself once dropped, are kept: its own days, else those of the schema
    /// or database that it is in, else the account's, else one. `entry` may be one that the catalog does not have yet.
    func retentionSeconds(of entry: CatalogEntry) -> Int {
        entry.temporarySession == nil ? Int(retentionDays(of: entry).days) * 86_400 : 0
    }

    /// The days of the account (nil) or of `entry`, and what kind of object has set them, if any has.
    func retentionDays(of entry: CatalogEntry?) -> (days: Int64, source: EntryKind?) {
        var days: Int64?, source: EntryKind?, isTransient = false, depth = 0
        var next = entry
        while let object = next, depth < 4 {
            if days == nil, let own = object.attributes[Retention.attribute]?.integer { (days, source) = (own, object.kind) }
            isTransient = isTransient || object.isTransient
            next = object.parent.flatMap { records[$0] }
            depth += 1
        }
        if days == nil, let own = account?.attributes[Retention.attribute]?.integer { (days, source) = (own, .account) }
        let most = isTransient ? Retention.maximumTransientDays : Retention.maximumDays
        return (min(max(days ?? Retention.standardDays, 0), most), source)
    }

    /// Whether a dropped object's time is over.
    func isExpired(_ entry: CatalogEntry, at time: Int64) -> Bool {
        guard let droppedAt = entry.droppedAt else { return false }
        let (end, overflow) = droppedAt.addingReportingOverflow(Int64(retentionSeconds(of: entry)) * 1_000_000_000)
        return !overflow && end <= time
    }

    /// Objects of that name that were dropped, the latest last. Tables share their names with views, which are not kept.
    func dropped(_ kind: EntryKind, _ name: String, in parent: ObjectID?) -> [CatalogEntry] {
        dropped.filter { $0.kind == kind && $0.name == name && $0.parent == parent }
    }

    /// Gives the tables in and below `entry`, which has changed, the retention that is theirs now.
    func updateRetention(below entry: CatalogEntry, _ transaction: WriteTransaction) throws {
        for table in descendants(of: entry.id) where table.kind == .table {
            let seconds = retentionSeconds(of: table)
            if try transaction.snapshot().table(table.id)?.retentionSeconds != seconds {
                try transaction.setRetention(table.id, seconds: seconds)
            }
        }
    }
}
