/// Reads compiled time zone files (TZif, RFC 8536), versions 1 to 4.
///
/// | bytes | content |
/// |---|---|
/// | 4 | `TZif` |
/// | 1 | version: NUL, `2`, `3` or `4` |
/// | 15 | unused |
/// | 6 × 4 | counts, big-endian: isut, isstd, leap, transitions, types, abbreviation bytes |
/// | … | data block with 4-byte instants: transitions, type indices, types (6 bytes each), names, leaps, flags |
/// | … | version 2 and later: a second header and block with 8-byte instants |
/// | … | newline, POSIX rule for times after the last transition, newline |
struct TZifReader {
    private let bytes: [UInt8]
    private let path: String

    private struct Header {
        var version: UInt8
        var isUTCount, isStandardCount, leapCount, transitionCount, typeCount, nameByteCount: Int

        /// Bytes of the data block that follows; counts are 32-bit, so this cannot overflow.
        func dataSize(instantSize: Int) -> Int {
            transitionCount * (instantSize + 1) + typeCount * 6 + nameByteCount
                + leapCount * (instantSize + 4) + isStandardCount + isUTCount
        }
    }

    private static let headerSize = 44

    /// The rules in a file's bytes. Throws `corruptFile`, naming `path`, when they are not a whole TZif file.
    static func read(_ bytes: [UInt8], name: String, path: String) throws(WarehouseError) -> TimeZoneRules {
        try TZifReader(bytes: bytes, path: path).rules(name: name)
    }

    private func rules(name: String) throws(WarehouseError) -> TimeZoneRules {
        let first = try header(at: 0)
        guard first.version >= UInt8(ascii: "2") else {
            return try block(first, at: TZifReader.headerSize, instantSize: 4, footer: nil, name: name)
        }
        let secondStart = TZifReader.headerSize + first.dataSize(instantSize: 4)
        let second = try header(at: secondStart)
        let dataStart = secondStart + TZifReader.headerSize
        let footerStart = dataStart + second.dataSize(instantSize: 8)
        return try block(second, at: dataStart, instantSize: 8, footer: try footer(at: footerStart), name: name)
    }

    private func header(at start: Int) throws(WarehouseError) -> Header {
        guard start >= 0, start + TZifReader.headerSize <= bytes.count,
              bytes[start..<start + 4].elementsEqual("TZif".utf8) else { throw fault("it has no TZif header") }
        func count(_ index: Int) -> Int { Int(UInt32(truncatingIfNeeded: bigEndian(start + 20 + index * 4, 4))) }
        let header = Header(
            version: bytes[start + 4], isUTCount: count(0), isStandardCount: count(1), leapCount: count(2),
            transitionCount: count(3), typeCount: count(4), nameByteCount: count(5))
        guard header.typeCount > 0, header.typeCount <= 256 else { throw fault("its count of types is wrong") }
        return header
    }

    private func block(
        _ header: Header, at start: Int, instantSize: Int, footer: PosixTimeZone?, name: String
    ) throws(WarehouseError) -> TimeZoneRules {
        guard start + header.dataSize(instantSize: instantSize) <= bytes.count else { throw fault("it is cut short") }
        let indexStart = start + header.transitionCount * instantSize
        let typeStart = indexStart + header.transitionCount
        var offsets: [Int32] = []
        for type in 0..<header.typeCount {
            let offset = Int32(truncatingIfNeeded: bigEndian(typeStart + type * 6, 4))
            // RFC 8536: within -24:59:59 to 25:59:59 in practice; a wilder one would only come from damage.
            guard offset > -100_000, offset < 100_000 else { throw fault("an offset of it is out of range") }
            offsets.append(offset)
        }
        var changes: [(at: Int64, offset: Int32)] = []
        changes.reserveCapacity(header.transitionCount)
        for index in 0..<header.transitionCount {
            let at = bigEndian(start + index * instantSize, instantSize)
            let type = Int(bytes[indexStart + index])
            guard type < offsets.count else { throw fault("a transition of it has no type") }
            if let last = changes.last, at <= last.at { throw fault("its transitions are out of order") }
            changes.append((at, offsets[type]))
        }
        return extended(name: name, first: offsets[0], changes: changes, footer: footer)
    }

    /// Fills the table by the footer's rule for 400 years past the last recorded change.
    private func extended(
        name: String, first: Int32, changes: [(at: Int64, offset: Int32)], footer: PosixTimeZone?
    ) -> TimeZoneRules {
        guard let footer else { return TimeZoneRules(name: name, first: first, changes: changes) }
        var changes = changes
        guard footer.summer != nil else {
            if let last = changes.last {
                if last.offset != footer.standardOffset { changes.append((last.at &+ 1, footer.standardOffset)) }
                return TimeZoneRules(name: name, first: first, changes: changes)
            }
            return TimeZoneRules(name: name, first: footer.standardOffset, changes: [])
        }
        let lastAt = changes.last?.at ?? Int64(CivilDate.minimumDays) * 86_400
        let farPast = Int64(CivilDate.minimumDays) * 86_400, farFuture = Int64(CivilDate.maximumDays) * 86_400
        let firstYear = CivilDate(daysSinceEpoch: Int(min(max(lastAt, farPast), farFuture)) / 86_400).year - 1
        let lastYear = firstYear + 403
        for year in firstYear...lastYear {
            for change in footer.changes(year: year) where change.at > lastAt {
                // A year's first change may come just before the last one of the year before.
                var index = changes.count
                while index > 0, changes[index - 1].at > change.at { index -= 1 }
                changes.insert(change, at: index)
            }
        }
        let repeatStart = Int64(CivilDate.days(year: lastYear, month: 1, day: 1)) * 86_400
        changes.removeAll { $0.at >= repeatStart }
        return TimeZoneRules(name: name, first: first, changes: changes, repeatStart: repeatStart)
    }

    /// The rule between the two newlines at the end; nil when it is empty.
    private func footer(at start: Int) throws(WarehouseError) -> PosixTimeZone? {
        guard start < bytes.count, bytes[start] == 10,
              let end = bytes[(start + 1)...].firstIndex(of: 10) else { throw fault("its footer is missing") }
        guard end > start + 1 else { return nil }
        guard let rule = PosixTimeZone(Array(bytes[(start + 1)..<end])) else { throw fault("its footer is malformed") }
        return rule
    }

    /// A signed big-endian integer of 4 or 8 bytes; the caller has checked the bounds.
    private func bigEndian(_ start: Int, _ size: Int) -> Int64 {
        var value: UInt64 = 0
        for index in start..<start + size { value = value << 8 | UInt64(bytes[index]) }
        return size == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
    }

    private func fault(_ reason: String) -> WarehouseError {
        WarehouseError(.corruptFile, "The time zone file '\(path)' cannot be read: \(reason).")
    }
}
